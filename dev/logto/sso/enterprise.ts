import type { JsonObject } from "../store/database.ts";
import * as oauth from "openid-client";
import { z } from "zod";
import type { SsoConnector } from "./connectors.ts";

/** The enterprise's identity provider could not be reached, or did not answer as OpenID Connect requires. */
export class EnterpriseUnavailableError extends Error {}

export const oidcConfigSchema = z.object({
  issuer: z.url(),
  clientId: z.string().min(1),
  clientSecret: z.string().min(1),
  scope: z.string().optional(),
  trustUnverifiedEmail: z.boolean().default(false),
});

/** A person as the enterprise describes them. */
export type EnterpriseProfile = {
  issuer: string;
  id: string;
  name?: string | undefined;
  avatar?: string | undefined;
  /** Only one that the enterprise vouches for. */
  email?: string | undefined;
  /** All of its claims, spelled as Logto keeps them. */
  detail: JsonObject;
};

/** Ties the answer to the sign-in it belongs to. */
export type Ticket = { state: string; nonce: string; redirectUri: string };

async function discover({ config }: SsoConnector): Promise<oauth.Configuration> {
  const { issuer, clientId, clientSecret } = oidcConfigSchema.parse(config);
  return attempt(() =>
    oauth.discovery(new URL(issuer), clientId, clientSecret, undefined, {
      timeout: 5,
      // On a laptop the enterprise is another port of it.
      ...(issuer.startsWith("http://") ? { execute: [oauth.allowInsecureRequests] } : {}),
    }),
  );
}

/** @throws {EnterpriseUnavailableError} */
export async function authorizationUriOf(
  connector: SsoConnector,
  { state, nonce, redirectUri }: Ticket,
  loginHint: string | undefined,
): Promise<string> {
  const { scope = "openid profile email" } = oidcConfigSchema.parse(connector.config);
  const address = oauth.buildAuthorizationUrl(await discover(connector), {
    scope,
    state,
    nonce,
    redirect_uri: redirectUri,
    ...(loginHint ? { login_hint: loginHint } : {}),
  });
  return address.href;
}

/**
 * Redeems the code the browser came back with.
 *
 * @throws {EnterpriseUnavailableError} also when the answer belongs to another sign-in
 */
export async function fetchEnterpriseProfile(
  connector: SsoConnector,
  callback: URL,
  { state, nonce }: Ticket,
): Promise<EnterpriseProfile> {
  const configuration = await discover(connector);
  const expected = { expectedState: state, expectedNonce: nonce, idTokenExpected: true };
  return attempt(async () => {
    const tokens = await oauth.authorizationCodeGrant(configuration, callback, expected);
    const claims = tokens.claims();
    if (!claims) throw new Error("no id_token");
    const told = configuration.serverMetadata().userinfo_endpoint
      ? await oauth.fetchUserInfo(configuration, tokens.access_token, claims.sub)
      : claims;
    return describe(connector, claims, told);
  });
}

function describe(
  { config }: SsoConnector,
  { iss: issuer, sub: id }: { iss: string; sub: string },
  told: JsonObject,
): EnterpriseProfile {
  const { trustUnverifiedEmail } = oidcConfigSchema.parse(config);
  const { email_verified: isVerified, ...claims } = told;
  // A plain `false` is never overruled.
  const isTrusted = isVerified === true || (isVerified === undefined && trustUnverifiedEmail);
  const [name, avatar] = [text(claims["name"]), text(claims["picture"])];
  const email = isTrusted ? text(claims["email"]) : undefined;
  const others = Object.entries(claims)
    .filter(([claim]) => !tokenClaims.has(claim))
    .map(([claim, value]) => [spell(claim), value]);
  const detail = {
    id,
    ...Object.fromEntries(others),
    ...(avatar && { avatar }),
    ...(email && { email }),
  };
  return { issuer, id, name, avatar, email, detail };
}

/** Claims about the token, and claims that Logto keeps under another name. */
const tokenClaims = new Set([
  "sub",
  "picture",
  "email",
  "iss",
  "aud",
  "exp",
  "iat",
  "nonce",
  "auth_time",
  "at_hash",
  "sid",
]);

const spell = (claim: string) =>
  claim.replaceAll(/_([a-z])/g, (_all, letter: string) => letter.toUpperCase());

function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

async function attempt<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw new EnterpriseUnavailableError(String(error), { cause: error });
  }
}
