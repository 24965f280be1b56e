import { z } from "zod";

/**
 * The notice after a form: the address carries its code, and the page gets the sentence. A code that is not in the
 * table gives no notice.
 */
export function noticeField(sentences: Readonly<Record<string, string>>) {
  const byCode = new Map(Object.entries(sentences));
  return z
    .string()
    .transform((code) => byCode.get(code))
    .optional()
    .catch(undefined);
}
