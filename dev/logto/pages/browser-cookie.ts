import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import type Koa from "koa";

type Content = {
  /** Identifies this browser. */
  browser: string;
  /** The latest sign-in of any application. */
  latest?: string;
  /** The latest sign-in of each application. */
  interactions: Record<string, string>;
};

export type BrowserCookie = ReturnType<typeof createBrowserCookie>;

/**
 * Remembers the sign-ins that a browser has begun, as Logto's cookie `_interaction` does: a second one of an application
 * replaces the first, in any tab. Forms and answers from elsewhere are accepted only with this cookie, so an address
 * made in another browser opens nothing here.
 */
export function createBrowserCookie(key: string, { port }: URL) {
  // The stand-in of another clone on this machine shares the cookies of localhost.
  const name = `_interactions_${port}`;
  const sign = (purpose: "cookie" | "form" | "state" | "nonce", text: string) =>
    createHmac("sha256", key).update(`${purpose}:${text}`).digest("base64url");

  function read(ctx: Koa.Context): Content {
    const [body = "", signature] = (ctx.cookies.get(name, { signed: false }) ?? "").split(".");
    if (!isEqual(sign("cookie", body), signature))
      return { browser: randomBytes(16).toString("base64url"), interactions: {} };
    return JSON.parse(Buffer.from(body, "base64url").toString());
  }

  return {
    remember(ctx: Koa.Context, applicationId: string, uid: string): void {
      const { browser, interactions } = read(ctx);
      const content: Content = {
        browser,
        latest: uid,
        interactions: { ...interactions, [applicationId]: uid },
      };
      const body = Buffer.from(JSON.stringify(content)).toString("base64url");
      ctx.cookies.set(name, `${body}.${sign("cookie", body)}`, {
        signed: false,
        httpOnly: true,
        sameSite: "lax",
        path: "/",
        maxAge: 60 * 60 * 1000,
      });
    },
    /** Finds the sign-in that an application has under way in this browser; without a name, the latest one. */
    find(ctx: Koa.Context, applicationId: string): string | undefined {
      const { latest, interactions } = read(ctx);
      return applicationId === ""
        ? latest
        : new Map(Object.entries(interactions)).get(applicationId);
    },
    /** Proof that a form was rendered for this browser: knowing the page's address is not enough to submit it. */
    formToken: (ctx: Koa.Context): string => sign("form", read(ctx).browser),
    isFormToken: (ctx: Koa.Context, token: string | null | undefined): boolean =>
      isEqual(sign("form", read(ctx).browser), token),
    /** `state` for the identity provider behind this one: names the sign-in, and nothing needs to be stored. */
    state: (uid: string): string => `${uid}.${sign("state", uid)}`,
    readState(state: string): string | undefined {
      const [uid = "", signature] = state.split(".");
      return isEqual(sign("state", uid), signature) ? uid : undefined;
    },
    /** Ties an id_token of that identity provider to the sign-in. */
    nonce: (uid: string): string => sign("nonce", uid),
  };
}

function isEqual(expected: string, actual: string | null | undefined): boolean {
  const [left, right] = [Buffer.from(expected), Buffer.from(actual ?? "")];
  return left.length === right.length && timingSafeEqual(left, right);
}
