import { createHash } from "node:crypto";

import { CompactEncrypt, compactDecrypt } from "jose";

/**
 * Encrypts a text or bytes (JWE, direct encryption with A256GCM: RFC 7518, sections 4.5 and 5.3), so that nobody can read or
 * change it where it is stored.
 *
 * @param secret at least 256 random bits, or a long passphrase
 * @param purpose what was sealed for one purpose cannot be opened for another
 */
export function seal(
  content: string | Uint8Array,
  secret: string,
  purpose: string,
): Promise<string> {
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  return new CompactEncrypt(bytes)
    .setProtectedHeader({ alg: "dir", enc: "A256GCM" })
    .encrypt(deriveKey(secret, purpose));
}

/** @returns null for anything that was not sealed with this secret for this purpose */
export async function unseal(
  sealed: string,
  secret: string,
  purpose: string,
): Promise<string | null> {
  const bytes = await unsealBytes(sealed, secret, purpose);
  return bytes && new TextDecoder().decode(bytes);
}

/** @returns null for anything that was not sealed with this secret for this purpose */
export async function unsealBytes(
  sealed: string,
  secret: string,
  purpose: string,
): Promise<Uint8Array | null> {
  try {
    const { plaintext } = await compactDecrypt(sealed, deriveKey(secret, purpose), {
      keyManagementAlgorithms: ["dir"],
      contentEncryptionAlgorithms: ["A256GCM"],
    });
    return plaintext;
  } catch {
    return null;
  }
}

function deriveKey(secret: string, purpose: string): Uint8Array {
  return createHash("sha256").update(`${purpose}\n${secret}`).digest();
}
