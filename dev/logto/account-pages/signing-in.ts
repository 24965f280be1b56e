import { createHash, randomBytes } from "node:crypto";
import type Koa from "koa";
import { redirect, textOf } from "../pages/addresses.ts";

/** The client id of the account pages. */
export const accountCenter = "account-center";

/** Sends a browser without a session to sign in; `state` has the page that it wants. */
export function signIn(ctx: Koa.Context, origin: string): void {
  const query = new URLSearchParams({
    client_id: accountCenter,
    redirect_uri: `${origin}/account`,
    response_type: "code",
    prompt: "consent",
    scope: "openid profile email identities",
    state: ctx.url,
    // The code is never redeemed: these pages read the session itself.
    code_challenge: createHash("sha256").update(randomBytes(32)).digest("base64url"),
    code_challenge_method: "S256",
  });
  redirect(ctx, `/oidc/auth?${query}`);
}

/** The page that a browser wanted before it was sent to sign in; by default the overview. */
export function readWanted(ctx: Koa.Context): string {
  const state = textOf(ctx.query["state"]);
  return /^\/account\/[a-z]/.test(state) ? state : "/account/security";
}
