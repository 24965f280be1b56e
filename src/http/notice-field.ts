import { z } from "zod";

/**
 * Tells a page what the form before it did: the address carries a code, and the page gets the sentence. A code that
 * the table does not have says nothing. It is for pages where nobody is signed in: elsewhere the session keeps the
 * sentence (`seeOther` in reply.ts).
 */
export function noticeField(sentences: Readonly<Record<string, string>>) {
  const byCode = new Map(Object.entries(sentences));
  return z
    .string()
    .transform((code) => byCode.get(code))
    .optional()
    .catch(undefined);
}
