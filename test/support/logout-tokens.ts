import { randomUUID } from "node:crypto";

import recorded from "../fixtures/openid/logout-token.json" with { type: "json" };
import type { FaultyIssuer } from "./faulty-issuer.ts";
import { signClaims, type Signing } from "./issuer-faults.ts";

/** Replaces claims of Logto. An undefined claim is left out. */
type LogoutTokenOptions = Partial<Signing> & { claims?: Record<string, unknown> };

/** Signs a logout token like those of Logto, of this issuer and of this moment, with the given faults. */
export async function signLogoutToken(
  issuer: FaultyIssuer,
  { claims = {}, header = {}, algorithm, signer = issuer.signingKey }: LogoutTokenOptions = {},
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
  const { typ } = recorded.header;
  return signClaims(issuer, all, { algorithm, signer, header: { typ, ...header } });
}
