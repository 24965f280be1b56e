import type { Middleware, ParameterizedContext } from "koa";

import { httpError } from "./errors.ts";

/**
 * Refuses what a page of another site makes a browser load from us without leading anybody here: images, scripts,
 * frames, fetches, prefetches (Fetch Metadata Request Headers; in the words of web.dev, a resource isolation policy).
 * Nothing of ours is made for that, and no limit may count it: any page could use up the limits of its visitors.
 *
 * A browser that sends no `Sec-Fetch-Site` (Safari before 16.4; any browser where we are reached over plain http) is
 * not recognized.
 */
export const refuseSubresources: Middleware = async (ctx, next) => {
  const isReading = ctx.method === "GET" || ctx.method === "HEAD";
  const isForeign = ["cross-site", "same-site"].includes(ctx.get("Sec-Fetch-Site"));
  if (isReading && isForeign && !leadsHere(ctx)) throw httpError("request.embedded");
  await next();
};

/** Chrome sent no `Sec-Fetch-Dest` before version 80. */
function leadsHere(ctx: ParameterizedContext): boolean {
  const isOfDocument = ["document", ""].includes(ctx.get("Sec-Fetch-Dest"));
  return ctx.get("Sec-Fetch-Mode") === "navigate" && isOfDocument && !isPrefetch(ctx);
}

/** Whether a browser loads this in advance: nobody has asked to go there yet. */
export function isPrefetch(ctx: ParameterizedContext): boolean {
  return `${ctx.get("Sec-Purpose")} ${ctx.get("Purpose")}`.includes("prefetch");
}
