import { SignJWT, calculateJwkThumbprint, exportJWK, generateKeyPair } from "jose";
import type { JSONWebKeySet, JWTPayload } from "jose";
import { accessTokenSeconds } from "./grants.ts";

export type IdTokenSigner = {
  sign(
    claims: JWTPayload,
    addressee: { audience: string; nonce: string | undefined },
  ): Promise<string>;
  readKeys(): Promise<JSONWebKeySet>;
};

/** Signs ID tokens with RS256, as Hugging Face does. The first signature makes the key. */
export function createIdTokenSigner(issuer: string): IdTokenSigner {
  let made: ReturnType<typeof makeKey> | undefined;
  const readKey = () => (made ??= makeKey());
  return {
    async sign(claims, { audience, nonce }) {
      const { privateKey, jwk } = await readKey();
      const issuedAt = Math.floor(Date.now() / 1_000);
      return new SignJWT({ ...claims, ...(nonce !== undefined && { nonce }) })
        .setProtectedHeader({ alg: "RS256", kid: jwk.kid })
        .setIssuer(issuer)
        .setAudience(audience)
        .setIssuedAt(issuedAt)
        .setExpirationTime(issuedAt + accessTokenSeconds)
        .sign(privateKey);
    },
    async readKeys() {
      return { keys: [(await readKey()).jwk] };
    },
  };
}

async function makeKey() {
  const { privateKey, publicKey } = await generateKeyPair("RS256");
  const jwk = await exportJWK(publicKey);
  const kid = await calculateJwkThumbprint(jwk);
  return { privateKey, jwk: { ...jwk, kid, alg: "RS256", use: "sig" } };
}
