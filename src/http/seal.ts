import { createHash } from "node:crypto";

import { CompactEncrypt, compactDecrypt } from "jose";

/**
 * Encrypts a text (JWE, direct encryption with A256GCM: RFC 7518, sections 4.5 and 5.3), so that nobody can read or
 * change it where it is stored.
 *
 * @param secret at least 256 random bits, or a long passphrase
 * @param purpose a text that was sealed for one purpose cannot be opened for another
 */
export function seal(text: string, secret: string, purpose: string): Promise<string> {
  return new CompactEncrypt(new TextEncoder().encode(text))
    .setProtectedHeader({ alg: "dir", enc: "A256GCM" })
    .encrypt(deriveKey(secret, purpose));
}

/** @returns null for anything that was not sealed with this secret for this purpose */
export async function unseal(
  sealed: string,
  secret: string,
  purpose: string,
): Promise<string | null> {
  try {
    const { plaintext } = await compactDecrypt(sealed, deriveKey(secret, purpose), {
      keyManagementAlgorithms: ["dir"],
      contentEncryptionAlgorithms: ["A256GCM"],
    });
    return new TextDecoder().decode(plaintext);
  } catch {
    return null;
  }
}

function deriveKey(secret: string, purpose: string): Uint8Array {
  return createHash("sha256").update(`${purpose}\n${secret}`).digest();
}
