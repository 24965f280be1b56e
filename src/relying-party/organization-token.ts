import { errors } from "jose";
import { z } from "zod";
import { OpenIdError } from "./error.ts";
import { clockTolerance, type JwtExpectation, keysMaxAgeForAnybody, verifyJwt } from "./jwt.ts";

/** The whole text has to fit. `urn:logto:resource:organizations` is no organization: anybody at Logto gets a token for that. */
const audience = z
  .string()
  .regex(/^urn:logto:organization:[\w-]{1,128}$/)
  .transform((urn) => urn.slice("urn:logto:organization:".length));

const claims = z.object({
  sub: z.string().min(1).max(128),
  // A list of one means the same (RFC 7519, section 4.1.3); a second audience could replay the token.
  aud: z.union([audience, z.tuple([audience]).transform(([only]) => only)]),
  iat: z.number(),
  client_id: z.string().min(1).max(200),
  scope: z.string().default(""),
});

/** An access token for one organization that Logto signed, and that has not expired. Nothing else of it is checked. */
export type OrganizationToken = {
  issuer: string;
  /** A person's; for an application that acts for itself, its client id. */
  subject: string;
  clientId: string;
  /** The organization's id at Logto. */
  logtoOrganizationId: string;
  /** The permissions of its subject that it may be used for. */
  scopes: ReadonlySet<string>;
};

/**
 * Checks an organization token as RFC 9068 section 4 asks, except for `aud`: the caller compares `logtoOrganizationId` with
 * the organization that the token is used for.
 *
 * @throws OpenIdError `access_token_invalid`; others when the provider's keys cannot be loaded
 */
export async function verifyOrganizationToken(
  token: string,
  expectation: JwtExpectation,
): Promise<OrganizationToken> {
  const { issuer, clock } = expectation;
  const verified = await verifyJwt(token, expectation, {
    schema: claims,
    claims: { typ: "at+jwt", requiredClaims: ["sub", "exp", "iat", "client_id"] },
    isOfNow: false,
    refuse,
    keysMaxAge: keysMaxAgeForAnybody,
    // All tokens of Logto name their key, so a wrong signature under a known name does not mean a new key.
    mayBeNewKey: (error) => error instanceof errors.JWKSNoMatchingKey,
  });
  const { sub, aud, iat, client_id: clientId, scope } = verified;
  if (iat > clock().getTime() / 1000 + clockTolerance) throw refuse("issued in the future");
  const scopes = new Set(scope.split(" ").filter(Boolean));
  return { issuer, subject: sub, clientId, logtoOrganizationId: aud, scopes };
}

const refuse = (reason: string) => new OpenIdError("access_token_invalid", `token: ${reason}`);
