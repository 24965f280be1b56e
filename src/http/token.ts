import { createHash, randomBytes } from "node:crypto";

/** 256 random bits as base64url: for session ids, state, nonce and the like. */
export function createRandomToken(): string {
  return randomBytes(32).toString("base64url");
}

/** Hashes such a token for the database, so that a stolen dump is of no use. */
export function hashToken(token: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(createHash("sha256").update(token).digest());
}
