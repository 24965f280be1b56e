import {
  createLocalJWKSet,
  errors,
  type JWTPayload,
  type JWTVerifyGetKey,
  type JWTVerifyOptions,
  jwtVerify,
} from "jose";
import { z } from "zod";
import type { Discovery } from "./discovery.ts";
import { invalidAnswer, OpenIdError } from "./error.ts";
import type { OpenIdRequester } from "./requester.ts";
import type { SharedDocument } from "./shared-document.ts";

/** Seconds that `exp` may lie in the past: the two clocks are never quite the same. */
const clockTolerance = 60;
/** Seconds `iat` may differ from our clock where the token was made a moment ago: more is a wrong clock. */
const largestSkew = 300;

/** `keysKeep` of tokens that anybody can send us: a flood of them costs the provider one request a second. */
export const keysKeepFromAnybody = 1_000;

/** What a token of the provider must be, whatever it is for. */
export type JwtExpectation = {
  issuer: string;
  discovery: SharedDocument<Discovery>;
  keys: SharedDocument<JWTVerifyGetKey>;
  clock: () => Date;
};

type JwtKind = {
  claims: Pick<JWTVerifyOptions, "audience" | "requiredClaims" | "typ">;
  /** Whether it is used at once, so that its `iat` shows whether our clock is right. */
  isOfNow: boolean;
  /** Makes the error of a token that is refused, of our own words. */
  refuse: (reason: string) => OpenIdError;
  /** Milliseconds that keys stay unasked for anew, whatever comes. Zero where only the provider can hand us the token. */
  keysKeep: number;
  /** Whether the keys are asked for anew after this error of jose's; left out: wherever they may have changed. */
  mayBeNewKey?: (error: unknown) => boolean;
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
 * Checks what all signed tokens of the provider have in common: signature, `iss`, `exp`, and what `kind` adds to them.
 * The keys come from a document shared by all; when the token does not fit them they are loaded anew, once,
 * because the provider may have changed its key just before signing.
 *
 * @throws OpenIdError what `refuse` makes, `clock_skew`, or the provider's failure to give its keys
 */
export async function verifyJwt(
  token: string,
  expectation: JwtExpectation,
  kind: JwtKind,
): Promise<JWTPayload> {
  const now = expectation.clock();
  const payload = await verifySignature(token, expectation, kind);
  const skew = measureSkew(payload, now, kind);
  if (skew) throw skew;
  return payload;
}

async function verifySignature(token: string, expectation: JwtExpectation, kind: JwtKind) {
  const { discovery, keys, clock } = expectation;
  try {
    return await verifyWithHeldKeys(token, expectation, kind);
  } catch (error) {
    if (!(kind.mayBeNewKey ?? mayBeNewKey)(error)) throw describeRefusal(error, clock(), kind);
    const anew = { maxAge: kind.keysKeep, acceptStale: () => false };
    // A new key may come with a new algorithm.
    if (error instanceof errors.JOSEAlgNotAllowed) await discovery.read(anew);
    await keys.read(anew);
  }
  try {
    return await verifyWithHeldKeys(token, expectation, kind);
  } catch (error) {
    throw describeRefusal(error, clock(), kind);
  }
}

async function verifyWithHeldKeys(
  token: string,
  { issuer, discovery, keys, clock }: JwtExpectation,
  { claims }: JwtKind,
) {
  const [getKey, { idTokenAlgorithms }] = await Promise.all([keys.read(), discovery.read()]);
  const { payload } = await jwtVerify(token, getKey, {
    ...claims,
    issuer,
    // Logto signs all of them with the same key.
    algorithms: idTokenAlgorithms,
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
function describeRefusal(error: unknown, now: Date, kind: JwtKind): unknown {
  const { refuse } = kind;
  // Seen from a clock that runs ahead, a new token has expired: name the real cause.
  if (error instanceof errors.JWTExpired) {
    return measureSkew(error.payload, now, kind) ?? refuse("expired");
  }
  if (error instanceof errors.JWTClaimValidationFailed) return refuse(`${error.claim} is wrong`);
  if (error instanceof errors.JOSEError) return refuse(error.code);
  return error instanceof OpenIdError ? error : refuse("unreadable");
}

function measureSkew({ iat }: JWTPayload, now: Date, kind: JwtKind): OpenIdError | undefined {
  if (!kind.isOfNow || iat === undefined) return undefined;
  const seconds = Math.round(now.getTime() / 1000 - iat);
  if (Math.abs(seconds) <= largestSkew) return undefined;
  return new OpenIdError("clock_skew", `our clock differs by ${seconds} s`);
}
