import { z } from "zod";
import { invalidAnswer } from "./error.ts";
import { type JwtExpectation, verifyJwt } from "./jwt.ts";

const idTokenClaims = z.object({
  iss: z.string(),
  sub: z.string().min(1).max(128),
  aud: z.union([z.string(), z.array(z.string())]),
  azp: z.string().optional(),
  nonce: z.string().min(1).optional(),
  iat: z.number(),
  auth_time: z.int().nonnegative().nullish(),
  sid: z.string().nullish(),
});

/** The claims of a verified ID token. The person is described by userinfo, which knows more. */
export type IdTokenClaims = z.infer<typeof idTokenClaims>;

const refuse = (reason: string) => invalidAnswer(`id_token: ${reason}`);

/**
 * Checks an ID token as OpenID Connect Core 1.0 section 3.1.3.7 asks, which the SDK does only in part.
 *
 * @throws OpenIdError `identity_provider_invalid_answer` or `clock_skew`
 */
export async function verifyIdToken(
  idToken: string,
  expectation: JwtExpectation & { clientId: string; nonce: string },
): Promise<IdTokenClaims> {
  const claims = await verifyJwt(idToken, expectation, {
    schema: idTokenClaims,
    claims: { audience: expectation.clientId, requiredClaims: ["sub", "exp", "iat"] },
    isOfNow: true,
    refuse,
    keysMaxAge: 0,
  });
  const { aud, azp, nonce } = claims;

  // Further audiences are refused, even with `azp`: each of them could replay the token.
  if (Array.isArray(aud) && aud.length !== 1) throw refuse("aud has others");
  if (azp !== undefined && azp !== expectation.clientId) throw refuse("azp is not us");
  if (nonce !== expectation.nonce) throw refuse("nonce is wrong");
  return claims;
}
