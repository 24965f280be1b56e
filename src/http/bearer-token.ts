import type { Context } from "koa";

import { httpError } from "./errors.ts";

/**
 * Reads the token of `Authorization: Bearer …` (RFC 6750, section 2.1). A token in a form or in the address is ignored.
 *
 * @returns null without a bearer token; the token is not checked, and may be empty
 * @throws request.malformed for two headers: they could name two principals
 */
export function readBearerToken({ req }: Pick<Context, "req">): string | null {
  const headers = req.headersDistinct["authorization"] ?? [];
  const token = /^bearer(?:$| +(.*)$)/i.exec(headers[0] ?? "");
  if (headers.length > 1) throw httpError("request.malformed");
  return token && (token[1] ?? "");
}
