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
import { invalidAnswer, OpenIdError, parseAnswer } from "./error.ts";
import type { OpenIdRequester } from "./requester.ts";
import type { SharedDocument } from "./shared-document.ts";

/** Seconds that `exp` may lie in the past, or `iat` in the future, since two clocks always differ a little. */
export const clockTolerance = 60;
/** Seconds that `iat` of a new token may differ from our clock: more means a wrong clock. */
const largestSkew = 300;

/** `keysMaxAge` for tokens that anybody can send us: a flood of them costs the provider one request a second. */
export const keysMaxAgeForAnybody = 1_000;

/** The values against which every token of the provider is checked. */
export type JwtExpectation = {
  issuer: string;
  discovery: SharedDocument<Discovery>;
  keys: SharedDocument<JWTVerifyGetKey>;
  clock: () => Date;
};

type JwtKind<Schema extends z.ZodType = z.ZodType> = {
  /** The claims that are read. */
  schema: Schema;
  claims: Pick<JWTVerifyOptions, "audience" | "requiredClaims" | "typ">;
  /** Whether it is used as soon as it is made, so that its `iat` shows whether our clock is right. */
  isOfNow: boolean;
  /** Makes the error for a token that is refused; the reason is in our own words. */
  refuse: (reason: string) => OpenIdError;
  /** Keys younger than this are not loaded again. Milliseconds; zero where only the provider can hand us the token. */
  keysMaxAge: number;
  /** Whether the keys are loaded again after this error of jose's; left out: wherever they may have changed. */
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
  const answer = await request({ url: jwksUri, retry: "failure" });
  return createLocalJWKSet(
    parseAnswer(jsonWebKeySet, answer, () => invalidAnswer("keys: not a JSON Web Key Set")),
  );
}

/**
 * Checks what all signed tokens of the provider have in common: signature, `iss`, `exp`, and the claims that `kind` adds.
 * All share the keys. If the token fits none of them, it loads them again, once, because the provider may have changed its
 * key just before signing.
 *
 * @throws OpenIdError what `refuse` makes, `clock_skew`, or the failure to load the provider's keys
 */
export async function verifyJwt<Schema extends z.ZodType>(
  token: string,
  expectation: JwtExpectation,
  kind: JwtKind<Schema>,
): Promise<z.output<Schema>> {
  const now = expectation.clock();
  const payload = await verifySignature(token, expectation, kind);
  const skew = measureSkew(payload, now, kind);
  if (skew) throw skew;
  return parseAnswer(kind.schema, payload, kind.refuse);
}

async function verifySignature(token: string, expectation: JwtExpectation, kind: JwtKind) {
  const { discovery, keys, clock } = expectation;
  try {
    return await verifyWithHeldKeys(token, expectation, kind).catch(async (error: unknown) => {
      if (!(kind.mayBeNewKey ?? mayBeNewKey)(error)) throw error;
      const anew = { maxAge: kind.keysMaxAge, acceptStale: () => false };
      // A new key may come with a new algorithm.
      if (error instanceof errors.JOSEAlgNotAllowed) await discovery.read(anew);
      await keys.read(anew);
      return verifyWithHeldKeys(token, expectation, kind);
    });
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
    // Logto signs all its tokens with the same key.
    algorithms: idTokenAlgorithms,
    clockTolerance,
    currentDate: clock(),
  });
  return payload;
}

/** A wrong signature counts too: the key may have changed under the same `kid`, or the token names none. */
const mayBeNewKey = (error: unknown): boolean =>
  error instanceof errors.JWKSNoMatchingKey ||
  error instanceof errors.JWKSMultipleMatchingKeys ||
  error instanceof errors.JWSSignatureVerificationFailed ||
  error instanceof errors.JOSEAlgNotAllowed;

/** jose's error in our words: its own carries the claims. */
function describeRefusal(error: unknown, now: Date, kind: JwtKind): unknown {
  const { refuse } = kind;
  // To a clock that runs ahead, a new token has expired: the clock is the real cause.
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
