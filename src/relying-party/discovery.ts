import { z } from "zod";
import { invalidAnswer, parseAnswer } from "./error.ts";
import type { OpenIdRequester } from "./requester.ts";

/** The signature algorithms that we accept: only asymmetric ones, so neither `none` nor our own secret as a key (HS*). */
const asymmetricAlgorithms: ReadonlySet<string> = new Set(
  "RS256 RS384 RS512 PS256 PS384 PS512 ES256 ES384 ES512 EdDSA Ed25519".split(" "),
);

export type Discovery = {
  issuer: string;
  authorizationEndpoint: string;
  tokenEndpoint: string;
  userinfoEndpoint: string;
  endSessionEndpoint: string;
  jwksUri: string;
  /** Whether every authorization response names its issuer (RFC 9207 section 3). */
  sendsIssuer: boolean;
  idTokenAlgorithms: string[];
};

export const issuerOf = (endpoint: string): string => `${endpoint}/oidc`;

/**
 * Loads the provider's metadata (OpenID Connect Discovery 1.0 section 4). It has to be about the configured issuer (section
 * 4.3) and point nowhere else. The SDK checks neither this nor the shape.
 */
export async function loadDiscovery(issuer: string, request: OpenIdRequester): Promise<Discovery> {
  const json = await request({
    url: `${issuer}/.well-known/openid-configuration`,
    retry: "connection",
  });
  return parseAnswer(discoverySchema(issuer), json, (reason) =>
    invalidAnswer(`discovery: ${reason}`),
  );
}

function discoverySchema(issuer: string) {
  const { origin } = new URL(issuer);
  // A query would break, since the SDK appends its own with "?". A user or password would be sent along.
  const endpoint = z.string().refine((value) => {
    if (!URL.canParse(value)) return false;
    const url = new URL(value);
    if (url.origin !== origin || !["http:", "https:"].includes(url.protocol)) return false;
    return url.search === "" && url.hash === "" && url.username === "" && url.password === "";
  });

  return z
    .object({
      issuer: z.literal(issuer),
      authorization_endpoint: endpoint,
      token_endpoint: endpoint,
      userinfo_endpoint: endpoint,
      end_session_endpoint: endpoint,
      jwks_uri: endpoint,
      authorization_response_iss_parameter_supported: z.boolean().default(false),
      id_token_signing_alg_values_supported: z
        .array(z.string())
        .transform((names) => names.filter((name) => asymmetricAlgorithms.has(name)))
        .refine((names) => names.length > 0),
    })
    .transform((metadata): Discovery => ({
      issuer: metadata.issuer,
      authorizationEndpoint: metadata.authorization_endpoint,
      tokenEndpoint: metadata.token_endpoint,
      userinfoEndpoint: metadata.userinfo_endpoint,
      endSessionEndpoint: metadata.end_session_endpoint,
      jwksUri: metadata.jwks_uri,
      sendsIssuer: metadata.authorization_response_iss_parameter_supported,
      idTokenAlgorithms: metadata.id_token_signing_alg_values_supported,
    }));
}
