import * as oauth from "openid-client";
import { z } from "zod";
import type { JsonObject } from "../people/users.ts";
import type { SsoConnector } from "./connectors.ts";

/** The enterprise's identity provider could not be reached, or did not answer as OpenID Connect says. */
export class EnterpriseUnavailableError extends Error {}

export const oidcConfigSchema = z.object({
  issuer: z.url(),
  clientId: z.string().min(1),
  clientSecret: z.string().min(1),
  scope: z.string().optional(),
});

export type EnterpriseProfile = JsonObject & { iss: string; sub: string };

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
    const userinfo = configuration.serverMetadata().userinfo_endpoint
      ? await oauth.fetchUserInfo(configuration, tokens.access_token, claims.sub)
      : {};
    return { ...claims, ...userinfo, iss: claims.iss, sub: claims.sub };
  });
}

async function attempt<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw new EnterpriseUnavailableError(String(error), { cause: error });
  }
}
