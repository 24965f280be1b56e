import { createHmac, timingSafeEqual } from "node:crypto";
import type Koa from "koa";

const cookiePrefix = "_logto_tab_";
const cookieLifetime = 60 * 60 * 1000;
/** Sign-ins begun and left alone cost a cookie each, and the cookies of localhost go to every port of it. */
const mostCookies = 20;

export type Tabs = ReturnType<typeof createTabs>;

/**
 * Keeps the sign-ins of a browser's tabs apart. The provider's own cookie knows only the latest one, so a page has
 * its interaction's uid in its address, and a cookie for each uid proves that this very browser began it: an address
 * made in somebody else's browser opens nothing here, and nobody can be signed in to a stranger's tab.
 */
export function createTabs(key: string) {
  const sign = (purpose: "browser" | "form" | "social" | "nonce", uid: string) =>
    createHmac("sha256", key).update(`${purpose}:${uid}`).digest("base64url");

  return {
    /** Only for a uid that the provider's own (signed) cookie named. */
    claim(ctx: Koa.Context, uid: string): void {
      for (const name of findCookies(ctx).slice(0, 1 - mostCookies)) setCookie(ctx, name, null);
      setCookie(ctx, cookiePrefix + uid, sign("browser", uid));
    },
    owns(ctx: Koa.Context, uid: string): boolean {
      const isUid = /^[\w-]{43}$/.test(uid);
      return (
        isUid &&
        isEqual(sign("browser", uid), ctx.cookies.get(cookiePrefix + uid, { signed: false }))
      );
    },
    release(ctx: Koa.Context, uid: string): void {
      setCookie(ctx, cookiePrefix + uid, null);
    },
    /** Proof that a form was rendered for this tab: knowing the page's address is not enough to submit it. */
    formToken: (uid: string): string => sign("form", uid),
    isFormToken: (uid: string, token: string | undefined): boolean =>
      isEqual(sign("form", uid), token),
    /** `state` for the identity provider behind this one: brings the tab back, and nothing needs to be stored. */
    socialState: (uid: string): string => `${uid}.${sign("social", uid)}`,
    /** Ties an id_token of that identity provider to the tab. */
    nonce: (uid: string): string => sign("nonce", uid),
    readSocialState(state: string): string | undefined {
      const [uid = "", signature] = state.split(".");
      return isEqual(sign("social", uid), signature) ? uid : undefined;
    },
  };
}

/** Oldest first, as browsers send cookies of one path (RFC 6265 section 5.4). */
function findCookies(ctx: Koa.Context): string[] {
  return ctx.get("Cookie").match(/\b_logto_tab_[\w-]+/g) ?? [];
}

function setCookie(ctx: Koa.Context, name: string, value: string | null): void {
  ctx.cookies.set(name, value, {
    signed: false,
    httpOnly: true,
    sameSite: "lax",
    path: "/",
    ...(value === null ? {} : { maxAge: cookieLifetime }),
  });
}

function isEqual(expected: string, actual: string | undefined): boolean {
  const [left, right] = [Buffer.from(expected), Buffer.from(actual ?? "")];
  return left.length === right.length && timingSafeEqual(left, right);
}
