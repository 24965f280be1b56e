import { z } from "zod";

/**
 * What a form did that led to a page: the address carries its code, and the page gets the sentence. A code that
 * the table does not have says nothing.
 */
export function noticeField(sentences: Readonly<Record<string, string>>) {
  const byCode = new Map(Object.entries(sentences));
  return z
    .string()
    .transform((code) => byCode.get(code))
    .optional()
    .catch(undefined);
}
