import type { Middleware, ParameterizedContext } from "koa";

import { httpError } from "./errors.ts";
import type { Route } from "./route.ts";

/**
 * Refuses resources that a page of another site makes a browser load from us without navigating here: images, scripts,
 * frames, fetches, prefetches (Fetch Metadata Request Headers; in the words of web.dev, a resource isolation policy).
 * No page of ours is made for that, and no limit may count it: any site could use up the limits of its visitors.
 *
 * It cannot recognize a browser that sends no `Sec-Fetch-Site`: Safari before 16.4, and any browser over plain http.
 *
 * @param routes those that declare `isEmbeddable` may be loaded from anywhere
 */
export function refuseSubresources(
  routes: readonly Pick<Route<object>, "path" | "isEmbeddable">[] = [],
): Middleware {
  const open = routes
    .filter(({ isEmbeddable }) => isEmbeddable)
    .map(({ path }) => path.replace(/:.*$/, ""));
  return async (ctx, next) => {
    const isReading = ctx.method === "GET" || ctx.method === "HEAD";
    const isForeign = ["cross-site", "same-site"].includes(ctx.get("Sec-Fetch-Site"));
    const isRefused = isReading && isForeign && !leadsHere(ctx);
    if (isRefused && !open.some((path) => ctx.path.startsWith(path))) {
      throw httpError("request.embedded");
    }
    await next();
  };
}

/** Chrome sent no `Sec-Fetch-Dest` before version 80. */
function leadsHere(ctx: ParameterizedContext): boolean {
  const isOfDocument = ["document", ""].includes(ctx.get("Sec-Fetch-Dest"));
  return ctx.get("Sec-Fetch-Mode") === "navigate" && isOfDocument && !isPrefetch(ctx);
}

/** Tells whether a browser loads this in advance, before the person asks for it. */
export function isPrefetch(ctx: ParameterizedContext): boolean {
  return `${ctx.get("Sec-Purpose")} ${ctx.get("Purpose")}`.includes("prefetch");
}

/**
 * Whether a person opens a page, and sees what it shows once. HEAD shows nobody anything, and nobody may ever see what a browser
 * loads in advance, or a script in the background (public/live-list.js). A browser that says nothing of it counts as a person.
 */
export function isOpenedByPerson(ctx: ParameterizedContext): boolean {
  return ctx.method === "GET" && !isPrefetch(ctx) && ctx.get("Sec-Fetch-Dest") !== "empty";
}
