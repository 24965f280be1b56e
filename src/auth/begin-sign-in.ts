import type { Database } from "../database/database.ts";
import { type BrowserCookie, defineCookie } from "../http/cookie.ts";
import type { Limit } from "../http/limit.ts";
import { limitEach, limitRate } from "../http/rate-limit.ts";
import { type Reply, seeOther } from "../http/reply.ts";
import type { RouteContext } from "../http/route.ts";
import { createRandomToken } from "../http/token.ts";
import { translateOpenIdError } from "./errors.ts";
import type { OpenIdClient } from "../relying-party/relying-party.ts";
import { saveTransaction } from "./sign-in-transactions.ts";

/** What kind of sign-in somebody begins. */
export type SignInWish = {
  /** A path of ours. */
  returnTo: string;
  /** Straight to that social connector. */
  with?: "huggingface" | undefined;
  /** Straight to the single sign-on of an organization: Logto's id of the enterprise connector. */
  sso?: string | undefined;
  screen?: "register" | undefined;
  /** What to put into the provider's form (OpenID Connect Core 1.0, section 3.1.2.1). */
  loginHint?: string | undefined;
  /** Whoever is signed in has to prove anew that they are who they are. */
  isReauthentication?: boolean;
  /** Whose proof that has to be. */
  expectedUserId?: string | null;
  /** Whoever is signed in may come back as somebody else: the provider shows its form, whatever session it has. */
  switchesAccount?: boolean;
};

/** Sends the browser to the identity provider. @throws request.too_many, sign_in.unavailable */
export type BeginSignIn = (ctx: RouteContext, wish: SignInWish) => Promise<Reply>;

export type SignInCookies = {
  /** Tells this browser from others, across all its tabs, for as long as a sign-in may take. */
  browser: BrowserCookie;
  /**
   * The identity provider may still know this browser, as the one that signed out here or as somebody else: the next
   * sign-in asks for the password.
   */
  password: BrowserCookie;
  /** Was sent to sign out at the identity provider a moment ago. */
  leaving: BrowserCookie;
  /** How often it was sent to sign in, in the last seconds, since the identity provider knew of no sign-in. */
  resumed: BrowserCookie;
};

export function defineSignInCookies(origin: string): SignInCookies {
  return {
    browser: defineCookie("sign-in", { origin, maxAge: 15 * 60 }),
    // Fourteen days: as long as Logto's sessions live.
    password: defineCookie("ask-password", { origin, maxAge: 14 * 24 * 3600 }),
    leaving: defineCookie("leaving", { origin, maxAge: 2 }),
    resumed: defineCookie("resumed", { origin, maxAge: 10 }),
  };
}

type SignInDependencies = {
  unscoped: Database["unscoped"];
  openId: OpenIdClient;
  cookies: SignInCookies;
  /** How often one client network, and one browser that keeps its cookie, may start to sign in. */
  limits: { ofNetwork: Limit; ofBrowser: Limit };
};

/** What a sign-in needs from us before the browser leaves: a row for its `state`, and a cookie. */
export function signInWith({ unscoped, openId, cookies, limits }: SignInDependencies): BeginSignIn {
  const countForNetwork = limitRate(limits.ofNetwork);
  const countForBrowser = limitEach(limits.ofBrowser);
  return async (ctx, wish) => {
    const known = cookies.browser.read(ctx);
    if (known !== undefined) await countForBrowser(known);
    await countForNetwork(ctx.ip);
    const { returnTo, loginHint, isReauthentication = false, switchesAccount = false } = wish;
    const { expectedUserId = null } = wish;
    const state = createRandomToken();
    const nonce = createRandomToken();
    const asksPassword =
      isReauthentication || switchesAccount || cookies.password.read(ctx) !== undefined;
    const { authorizationUrl, codeVerifier } = await openId
      .startSignIn({
        state,
        nonce,
        ...(wish.with && { directSignIn: { method: "social" as const, target: wish.with } }),
        ...(wish.sso && { directSignIn: { method: "sso" as const, target: wish.sso } }),
        ...(wish.screen && { firstScreen: wish.screen }),
        ...(loginHint !== undefined && { loginHint }),
        ...(asksPassword && { prompt: "login" as const }),
        ...(isReauthentication && { maxAge: 0 }),
      })
      .catch((error: unknown) => {
        throw translateOpenIdError(error, returnTo) ?? error;
      });
    const browser = known ?? createRandomToken();
    const secrets = { state, browser, nonce, codeVerifier };
    const socialProvider = wish.with ?? null;
    const purpose = { returnTo, isReauthentication, expectedUserId, socialProvider };
    await saveTransaction(unscoped, { ...secrets, ...purpose });
    cookies.browser.write(ctx, browser);
    return seeOther(authorizationUrl);
  };
}
