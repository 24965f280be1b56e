import { createLocalJWKSet, errors, type JWTVerifyGetKey, jwtVerify } from "jose";
import { z } from "zod";
import type { Discovery } from "./openid-discovery.ts";
import { invalidAnswer, OpenIdError } from "./openid-error.ts";
import type { OpenIdRequester } from "./openid-requester.ts";
import type { SharedDocument } from "./openid-shared-document.ts";

/** Seconds that `exp` may lie in the past: the two clocks are never quite the same. */
const clockTolerance = 60;
/** Seconds `iat` may differ from our clock; the token was made a moment ago, so more is a wrong clock. */
const largestSkew = 300;

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

/** A verified ID token's claims; what it says of the person is read from userinfo, which knows more. */
export type IdTokenClaims = z.infer<typeof idTokenClaims>;

type IdTokenExpectation = {
  issuer: string;
  clientId: string;
  nonce: string;
  discovery: SharedDocument<Discovery>;
  keys: SharedDocument<JWTVerifyGetKey>;
  clock: () => Date;
};

const jsonWebKeySet = z.object({
  keys: z.array(z.looseObject({ kty: z.string() })).min(1),
});

/** Loads the provider's public keys (RFC 7517 section 5). */
export async function loadKeys(
  jwksUri: string,
  request: OpenIdRequester,
): Promise<JWTVerifyGetKey> {
  const parsed = jsonWebKeySet.safeParse(await request({ url: jwksUri, retry: "failure" }));
  if (!parsed.success) throw invalidAnswer("keys: not a JSON Web Key Set");
  return createLocalJWKSet(parsed.data);
}

/**
 * Checks an ID token as OpenID Connect Core 1.0 section 3.1.3.7 asks, which the SDK does only in part.
 * The keys come from a document shared by all sign-ins; when the token does not fit them they are loaded anew, once,
 * because the provider may have changed its key just before signing.
 *
 * @throws OpenIdError `identity_provider_invalid_answer` or `clock_skew`
 */
export async function verifyIdToken(
  idToken: string,
  expectation: IdTokenExpectation,
): Promise<IdTokenClaims> {
  const parsed = idTokenClaims.safeParse(await verifySignature(idToken, expectation));
  if (!parsed.success) {
    throw invalidAnswer(`id_token: ${parsed.error.issues[0]?.path.join(".") ?? "claim"} is wrong`);
  }
  const { aud, azp, nonce, iat } = parsed.data;
  const { clientId } = expectation;

  refuseClockSkew(iat, expectation.clock());
  // Other audiences are refused, not only asked for `azp`: we trust nobody the token may be replayed from.
  if (Array.isArray(aud) && aud.length !== 1) throw invalidAnswer("id_token: aud has others");
  if (azp !== undefined && azp !== clientId) throw invalidAnswer("id_token: azp is not us");
  if (nonce !== expectation.nonce) throw invalidAnswer("id_token: nonce is wrong");
  return parsed.data;
}

async function verifySignature(idToken: string, expectation: IdTokenExpectation) {
  try {
    return await verifyWithHeldKeys(idToken, expectation);
  } catch (error) {
    if (!mayBeNewKey(error)) throw describeRefusal(error, expectation.clock());
    // A new key may come with a new algorithm.
    if (error instanceof errors.JOSEAlgNotAllowed) await expectation.discovery.reload();
    await expectation.keys.reload();
  }
  try {
    return await verifyWithHeldKeys(idToken, expectation);
  } catch (error) {
    throw describeRefusal(error, expectation.clock());
  }
}

async function verifyWithHeldKeys(
  idToken: string,
  { issuer, clientId, discovery, keys, clock }: IdTokenExpectation,
) {
  const [getKey, { idTokenAlgorithms }] = await Promise.all([keys.read(), discovery.read()]);
  const { payload } = await jwtVerify(idToken, getKey, {
    issuer,
    audience: clientId,
    algorithms: idTokenAlgorithms,
    requiredClaims: ["sub", "exp", "iat"],
    clockTolerance,
    currentDate: clock(),
  });
  return payload;
}

/** A wrong signature too: the key may have changed under the same `kid`, or the token names none. */
const mayBeNewKey = (error: unknown): boolean =>
  error instanceof errors.JWKSNoMatchingKey ||
  error instanceof errors.JWKSMultipleMatchingKeys ||
  error instanceof errors.JWSSignatureVerificationFailed ||
  error instanceof errors.JOSEAlgNotAllowed;

/** jose's error in our words: its own carries the claims. */
function describeRefusal(error: unknown, now: Date): unknown {
  if (error instanceof errors.JWTExpired) {
    // Seen from a clock that runs ahead, a new token has expired: name the real cause.
    if (typeof error.payload.iat === "number") {
      const skew = measureSkew(error.payload.iat, now);
      if (skew) return skew;
    }
    return invalidAnswer("id_token: expired");
  }
  if (error instanceof errors.JWTClaimValidationFailed)
    return invalidAnswer(`id_token: ${error.claim} is wrong`);
  if (error instanceof errors.JOSEError) return invalidAnswer(`id_token: ${error.code}`);
  return error instanceof OpenIdError ? error : invalidAnswer("id_token: unreadable");
}

function measureSkew(iat: number, now: Date): OpenIdError | undefined {
  const seconds = Math.round(now.getTime() / 1000 - iat);
  if (Math.abs(seconds) <= largestSkew) return undefined;
  return new OpenIdError("clock_skew", `our clock differs by ${seconds} s`);
}

function refuseClockSkew(iat: number, now: Date): void {
  const skew = measureSkew(iat, now);
  if (skew) throw skew;
}
