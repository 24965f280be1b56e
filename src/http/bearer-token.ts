import type { Context } from "koa";

import { httpError } from "./errors.ts";

/**
 * Reads the token of `Authorization: Bearer …` (RFC 6750, section 2.1); the other two ways, in a form and in the
 * address, are not taken.
 *
 * @returns null where there is none; what there is may be anything, also empty
 * @throws request.malformed where there are two headers, and so two opinions of who asks
 */
export function readBearerToken({ req }: Pick<Context, "req">): string | null {
  const headers = req.headersDistinct["authorization"] ?? [];
  const token = /^bearer(?:$| +(.*)$)/i.exec(headers[0] ?? "");
  if (headers.length > 1) throw httpError("request.malformed");
  return token && (token[1] ?? "");
}
