import { errors, type JWTVerifyGetKey, jwtVerify } from "jose";
import { z } from "zod";
import type { Discovery } from "./openid-discovery.ts";
import { OpenIdError } from "./openid-error.ts";
import type { SharedDocument } from "./openid-shared-document.ts";

/** Seconds that `exp` may lie in the past and `iat` in the future: the two clocks are never quite the same. */
const clockTolerance = 60;

/** Anybody can send us a token that fits no key: a flood of them costs the provider one request a second. */
const keysKeep = 1_000;

/** By its whole text. `urn:logto:resource:organizations` is no organization: anybody at Logto gets a token for that. */
const audience = z
  .string()
  .regex(/^urn:logto:organization:[\w-]{1,128}$/)
  .transform((urn) => urn.slice("urn:logto:organization:".length));

const claims = z.object({
  sub: z.string().min(1).max(128),
  // A list of one means the same (RFC 7519, section 4.1.3); a second one could replay it.
  aud: z.union([audience, z.tuple([audience]).transform(([only]) => only)]),
  iat: z.number(),
  client_id: z.string().min(1).max(200),
  scope: z.string().default(""),
});

/** An access token for one organization that Logto signed, and that has not expired; nothing more is known of it. */
export type OrganizationToken = {
  issuer: string;
  /** Of a person; of an application that asks for itself, its client id. */
  subject: string;
  clientId: string;
  /** The organization's id at Logto. */
  twin: string;
  /** What it may be used for, of what its subject may do. */
  scopes: ReadonlySet<string>;
};

type Expectation = {
  issuer: string;
  discovery: SharedDocument<Discovery>;
  keys: SharedDocument<JWTVerifyGetKey>;
  clock: () => Date;
};

/**
 * Checks an organization token as RFC 9068 section 4 asks. Its `aud` is taken apart, and has to be compared with the
 * organization that it is used for.
 *
 * @throws OpenIdError `access_token_invalid`; others when the provider does not give its keys
 */
export async function verifyOrganizationToken(
  token: string,
  expectation: Expectation,
): Promise<OrganizationToken> {
  const { issuer, clock } = expectation;
  const parsed = claims.safeParse(await verifySignature(token, expectation));
  if (!parsed.success) throw refuse(`${String(parsed.error.issues[0]?.path[0])} is wrong`);
  const { sub, aud, iat, client_id: clientId, scope } = parsed.data;
  if (iat > clock().getTime() / 1000 + clockTolerance) throw refuse("issued in the future");
  const scopes = new Set(scope.split(" ").filter(Boolean));
  return { issuer, subject: sub, clientId, twin: aud, scopes };
}

async function verifySignature(token: string, expectation: Expectation) {
  try {
    return await verifyWithHeldKeys(token, expectation);
  } catch (error) {
    // Logto's tokens all name their key: what fits the key of its name, and not its signature, is no new key's.
    if (!(error instanceof errors.JWKSNoMatchingKey)) throw describeRefusal(error);
    await expectation.keys.read({ maxAge: keysKeep, acceptStale: () => false });
  }
  try {
    return await verifyWithHeldKeys(token, expectation);
  } catch (error) {
    throw describeRefusal(error);
  }
}

async function verifyWithHeldKeys(token: string, { issuer, discovery, keys, clock }: Expectation) {
  const [getKey, { idTokenAlgorithms }] = await Promise.all([keys.read(), discovery.read()]);
  const { payload } = await jwtVerify(token, getKey, {
    issuer,
    typ: "at+jwt",
    // Logto signs both with the same key.
    algorithms: idTokenAlgorithms,
    requiredClaims: ["sub", "exp", "iat", "client_id"],
    clockTolerance,
    currentDate: clock(),
  });
  return payload;
}

/** jose's error in our words: its own carries the claims. */
function describeRefusal(error: unknown): OpenIdError {
  if (error instanceof OpenIdError) return error;
  if (error instanceof errors.JWTExpired) return refuse("expired");
  if (error instanceof errors.JWTClaimValidationFailed) return refuse(`${error.claim} is wrong`);
  return refuse(error instanceof errors.JOSEError ? error.code : "unreadable");
}

const refuse = (reason: string) => new OpenIdError("access_token_invalid", `token: ${reason}`);
