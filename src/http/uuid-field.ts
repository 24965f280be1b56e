import { z } from "zod";

/**
 * An id. It accepts both cases (RFC 9562, section 4) and gives PostgreSQL's spelling, so that equal ids
 * are equal texts.
 */
export function uuidField(message?: string) {
  return z.uuid(message).toLowerCase();
}
