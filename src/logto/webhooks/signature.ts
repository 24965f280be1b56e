import { createHmac, timingSafeEqual } from "node:crypto";

/** Logto's form of an HMAC-SHA256. */
const written = /^[0-9a-f]{64}$/;

/** Whether a signature is well-formed. The body of a request without one is not read. */
export const isSignature = (signature: string): boolean => written.test(signature);

/** Whether the bytes were signed with one of the keys: the present one, or the one that it replaces. It takes constant time. */
export function isSigned(body: Buffer, signature: string, keys: readonly string[]): boolean {
  if (!isSignature(signature)) return false;
  const claimed = Buffer.from(signature, "hex");
  const matches = keys.map((key) =>
    timingSafeEqual(createHmac("sha256", key).update(body).digest(), claimed),
  );
  return matches.includes(true);
}
