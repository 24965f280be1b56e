import type { Database } from "../database/database.ts";
import { defineCookie } from "../http/cookie.ts";
import type { Limit } from "../http/limit.ts";
import { limitEach, limitRate } from "../http/rate-limit.ts";
import { type Reply, seeOther } from "../http/reply.ts";
import type { RouteContext } from "../http/route.ts";
import { createRandomToken } from "../http/token.ts";
import { translateOpenIdError } from "./errors.ts";
import type { OpenIdClient } from "../relying-party/relying-party.ts";
import { saveTransaction } from "./sign-in-transactions.ts";

/** The kind of sign-in that a person begins. */
export type SignInWish = {
  /** A path of ours. */
  returnTo: string;
  /** Straight to that social connector. */
  with?: "huggingface" | undefined;
  /** Straight to the single sign-on of an organization: Logto's id of the enterprise connector. */
  sso?: string | undefined;
  screen?: "register" | undefined;
  /** The text to put into the provider's form (OpenID Connect Core 1.0, section 3.1.2.1). */
  loginHint?: string | undefined;
  /** The person who is signed in has to re-authenticate. */
  isReauthentication?: boolean;
  /** The user who has to re-authenticate; null: any. */
  expectedUserId?: string | null;
  /** The person may come back as another user: the provider shows its form, whatever session it has. */
  switchesAccount?: boolean;
};

/** Sends the browser to the identity provider. @throws request.too_many, sign_in.unavailable */
export type BeginSignIn = (ctx: RouteContext, wish: SignInWish) => Promise<Reply>;

export type SignInCookies = ReturnType<typeof defineSignInCookies>;

export function defineSignInCookies(origin: string) {
  return {
    /** Identifies this browser, across all its tabs, for as long as a sign-in may take. */
    browser: defineCookie("sign-in", { origin, maxAge: 15 * 60 }),
    /**
     * The next sign-in asks for the password: the identity provider may still know this browser, as signed in by the person
     * who signed out here, or by another one. It lasts for fourteen days, as Logto's sessions do.
     */
    password: defineCookie("ask-password", { origin, maxAge: 14 * 24 * 3600 }),
    /** This browser was sent to sign out at the identity provider a moment ago. */
    leaving: defineCookie("leaving", { origin, maxAge: 2 }),
    /** How often it was sent to sign in during the last seconds because the identity provider knew of no sign-in. */
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

/** Before the browser leaves, a sign-in gets a row for its `state`, and a cookie. */
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
