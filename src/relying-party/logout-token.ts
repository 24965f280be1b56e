import { z } from "zod";
import { OpenIdError } from "./error.ts";
import { type JwtExpectation, keysMaxAgeForAnybody, verifyJwt } from "./jwt.ts";

const logoutEvent = "http://schemas.openid.net/event/backchannel-logout";

/** The longest time from `iat` to `exp`. Seconds (section 2.4: "at most two minutes in the future"; Logto's tokens live that long). */
const longestLife = 120;

const logoutTokenClaims = z
  .object({
    sub: z.string().min(1).max(128).optional(),
    sid: z.string().min(1).max(500).optional(),
    jti: z.string().min(1).max(500),
    iat: z.number(),
    exp: z.number(),
    events: z.looseObject({ [logoutEvent]: z.looseObject({}) }),
    // An ID token must not pass for a logout token.
    nonce: z.never().optional(),
  })
  .refine(({ iat, exp }) => exp - iat <= longestLife, { path: ["exp"] })
  .refine(({ sub, sid }) => sub !== undefined || sid !== undefined, { path: ["sub"] });

/** The sessions to end: those of the provider's session `sid`, or all of the subject where there is no `sid`. */
export type LogoutRequest = { subject: string | null; sid: string | null; jti: string };

const refuse = (reason: string) =>
  new OpenIdError("logout_token_invalid", `logout_token: ${reason}`);

/**
 * Checks a logout token as OpenID Connect Back-Channel Logout 1.0 section 2.6 asks, except for whether its `jti` was
 * used before. It requires `typ`, though the specification only recommends it: Logto sends it, and it keeps
 * any other token of the provider from passing for a logout token (section 4.1).
 *
 * @throws OpenIdError `logout_token_invalid` or `clock_skew`; others when the provider's keys cannot be loaded
 */
export async function verifyLogoutToken(
  logoutToken: string,
  expectation: JwtExpectation & { clientId: string },
): Promise<LogoutRequest> {
  const {
    sub = null,
    sid = null,
    jti,
  } = await verifyJwt(logoutToken, expectation, {
    schema: logoutTokenClaims,
    claims: {
      audience: expectation.clientId,
      requiredClaims: ["iat", "exp", "jti", "events"],
      typ: "logout+jwt",
    },
    isOfNow: true,
    refuse,
    keysMaxAge: keysMaxAgeForAnybody,
  });
  return { subject: sub, sid, jti };
}
