import { createHmac, timingSafeEqual } from "node:crypto";

/** How Logto writes an HMAC-SHA256. */
const written = /^[0-9a-f]{64}$/;

/** Whether a signature could be one at all: of a request that has none, not even the body need be read. */
export const isSignature = (signature: string): boolean => written.test(signature);

/**
 * Whether a webhook's bytes were signed with one of the keys: the present one, or the one that is being replaced. It
 * takes as long whether or not, and with whichever.
 */
export function isSigned(body: Buffer, signature: string, keys: readonly string[]): boolean {
  if (!isSignature(signature)) return false;
  const claimed = Buffer.from(signature, "hex");
  const matches = keys.map((key) =>
    timingSafeEqual(createHmac("sha256", key).update(body).digest(), claimed),
  );
  return matches.includes(true);
}
