import { randomUUID } from "node:crypto";

import { SignJWT, UnsecuredJWT } from "jose";

import recorded from "../fixtures/openid/logout-token.json" with { type: "json" };
import type { FaultyIssuer } from "./faulty-issuer.ts";
import type { SigningKey } from "./issuer-faults.ts";

type LogoutTokenOptions = {
  /** Replaces claims of Logto. An undefined claim is left out. */
  claims?: Record<string, unknown>;
  header?: { typ?: string | undefined; kid?: string | undefined };
  algorithm?: "ES384" | "HS256" | "none";
  signer?: SigningKey;
};

/** Signs a logout token like those of Logto, of this issuer and of this moment, with the given faults. */
export async function signLogoutToken(
  issuer: FaultyIssuer,
  { claims = {}, header = {}, algorithm = "ES384", signer }: LogoutTokenOptions = {},
): Promise<string> {
  const now = Math.floor(Date.now() / 1000);
  const all = {
    ...recorded.claims,
    iss: `${issuer.endpoint}/oidc`,
    aud: issuer.appId,
    iat: now,
    exp: now + 120,
    jti: randomUUID(),
    ...claims,
  };
  const payload: Record<string, unknown> = JSON.parse(JSON.stringify(all));
  if (algorithm === "none") return new UnsecuredJWT(payload).encode();
  const { privateKey, kid } = signer ?? issuer.signingKey;
  const protectedHeader = { ...recorded.header, alg: algorithm, kid, ...header };
  return new SignJWT(payload)
    .setProtectedHeader(JSON.parse(JSON.stringify(protectedHeader)))
    .sign(algorithm === "HS256" ? Buffer.from(issuer.appSecret.padEnd(32, "-")) : privateKey);
}
