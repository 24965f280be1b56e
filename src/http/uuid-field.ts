import { z } from "zod";

/**
 * An id, in the one spelling that PostgreSQL gives (RFC 9562, section 4: either case comes in): so that
 * two that are the same are equal as texts, too.
 */
export function uuidField(message?: string) {
  return z.uuid(message).toLowerCase();
}
