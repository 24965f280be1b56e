import { z } from "zod";

import type { Database } from "../database/database.ts";
import { isDatabaseUnavailable } from "../database/faults.ts";
import { type BrowserCookie, defineCookie } from "../http/cookie.ts";
import { loopbackHosts } from "../http/loopback.ts";
import { limitRate, type RateLimit } from "../http/rate-limit.ts";
import { page, seeOther } from "../http/reply.ts";
import { safeReturnTo } from "../http/return-to.ts";
import { createRandomToken } from "../http/token.ts";
import { revokePersistently } from "../sessions/revoke-persistently.ts";
import type { SessionLimits } from "../sessions/sessions.ts";
import { Layout } from "../views/layout.tsx";
import { interruptedSignIn, spentSignIn, translateOpenIdError } from "./errors.ts";
import type { OpenIdClient } from "./openid-client.ts";
import { route } from "./route.ts";
import {
  abandonTransaction,
  claimTransaction,
  findFinishedTransaction,
  saveTransaction,
} from "./sign-in-transactions.ts";
import { startSession } from "./start-session.ts";
import { SignOutPage } from "./views.tsx";

export type AuthDependencies = {
  unscoped: Database["unscoped"];
  openId: OpenIdClient;
  sessionCookie: BrowserCookie;
  sessionLimits: SessionLimits;
  /** How often one client network may start to sign in. */
  signInLimit: RateLimit;
  isSecure: boolean;
  baseUrl: string;
};

const signInQuery = z.object({
  returnTo: z.string().optional(),
  with: z.literal("huggingface").optional(),
  screen: z.literal("register").optional(),
  reauthenticate: z.literal("yes").optional(),
});

/** The routes that start and end a session. */
export function authPages(dependencies: AuthDependencies) {
  const { unscoped, openId, sessionCookie, sessionLimits, isSecure } = dependencies;
  const base = new URL(dependencies.baseUrl);
  const countStart = limitRate(dependencies.signInLimit);
  // Tells this browser from others, across all its tabs, for as long as a sign-in may take.
  const browserCookie = defineCookie("sign-in", { isSecure, maxAge: 15 * 60 });

  // Signed out while the identity provider was away, which therefore still knows this browser: the next
  // sign-in asks for the password. Fourteen days: as long as Logto's sessions live.
  const passwordCookie = defineCookie("ask-password", { isSecure, maxAge: 14 * 24 * 3600 });

  const signIn = route({
    method: "GET",
    path: "/sign-in",
    access: "public",
    query: signInQuery,
    statuses: [303],
    hasEffects: true,
    async handler({ query }, ctx) {
      if (isOtherLoopback(ctx.get("Host"), base)) {
        return seeOther(`${base.origin}/sign-in${ctx.search}`);
      }
      await countStart(ctx.ip);
      const returnTo = safeReturnTo(query.returnTo);
      const state = createRandomToken();
      const nonce = createRandomToken();
      const isReauthentication = query.reauthenticate !== undefined;
      const asksPassword = isReauthentication || passwordCookie.read(ctx) !== undefined;
      const { authorizationUrl, codeVerifier } = await openId
        .startSignIn({
          state,
          nonce,
          ...(query.with && { directSignIn: query.with }),
          ...(query.screen && { firstScreen: query.screen }),
          ...(asksPassword && { prompt: "login" as const }),
          ...(isReauthentication && { maxAge: 0 }),
        })
        .catch((error: unknown) => {
          throw translateOpenIdError(error, returnTo) ?? error;
        });
      const browser = browserCookie.read(ctx) ?? createRandomToken();
      const secrets = { state, browser, nonce, codeVerifier };
      await saveTransaction(unscoped, { ...secrets, returnTo, isReauthentication });
      browserCookie.write(ctx, browser);
      return seeOther(authorizationUrl);
    },
  });

  const callback = route({
    method: "GET",
    path: "/callback",
    access: "public",
    statuses: [303],
    hasEffects: true,
    async handler(_input, ctx) {
      const searchParams = new URLSearchParams(ctx.querystring);
      const state = searchParams.get("state") ?? "";
      const browser = browserCookie.read(ctx) ?? "";
      const claimed = await claimTransaction(unscoped, { state, browser });
      if (!claimed) {
        const finished = await findFinishedTransaction(unscoped, { state, browser });
        if (!finished) throw spentSignIn();
        return seeOther(finished.returnTo);
      }
      try {
        const person = await openId.completeSignIn({ searchParams, state, ...claimed });
        const sessionId = await startSession(unscoped, {
          state,
          transaction: claimed,
          person,
          replaced: sessionCookie.read(ctx),
          limits: sessionLimits,
          client: { ip: ctx.ip, userAgent: ctx.get("User-Agent") },
        });
        sessionCookie.write(ctx, sessionId);
        if (passwordCookie.read(ctx)) passwordCookie.expire(ctx);
      } catch (error) {
        if (isDatabaseUnavailable(error)) throw interruptedSignIn(claimed.returnTo, error);
        await abandonTransaction(unscoped, state);
        throw translateOpenIdError(error, claimed.returnTo) ?? error;
      }
      return seeOther(claimed.returnTo);
    },
  });

  const confirmSignOut = route({
    method: "GET",
    path: "/sign-out",
    access: "public",
    statuses: [200],
    async handler() {
      return page(
        <Layout title="Sign out" viewer={undefined}>
          <SignOutPage />
        </Layout>,
      );
    },
  });

  const revoke = revokePersistently(unscoped);
  const signOut = route({
    method: "POST",
    path: "/sign-out",
    access: "public",
    statuses: [303],
    async handler(_input, ctx) {
      const sessionId = sessionCookie.read(ctx);
      // Whatever happens next, this browser forgets.
      sessionCookie.expire(ctx);
      if (sessionId) await revoke(sessionId, "signed_out");
      const endSessionUrl = await openId.endSessionUrl();
      if (endSessionUrl === null) passwordCookie.write(ctx, "yes");
      return seeOther(endSessionUrl ?? "/");
    },
  });

  return [signIn, callback, confirmSignOut, signOut];
}

/**
 * On a laptop 127.0.0.1 and localhost are one place and two hosts: at the one that is not BASE_URL's, the
 * callback would not get this browser's cookie.
 */
function isOtherLoopback(host: string, base: URL): boolean {
  const hostname = host.replace(/:\d+$/, "");
  return (
    hostname !== base.hostname && [hostname, base.hostname].every((each) => loopbackHosts.has(each))
  );
}
