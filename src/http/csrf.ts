import type { Middleware } from "koa";

import { readBearerToken } from "./bearer-token.ts";
import { httpError } from "./errors.ts";
import type { Route } from "./route.ts";

const safeMethods = new Set(["GET", "HEAD", "OPTIONS"]);

/**
 * Refuses writes that another site made the browser send, without tokens in forms: by
 * `Sec-Fetch-Site`, and by `Origin` where a browser does not send that or sends a value we do not
 * know (OWASP CSRF cheat sheet, "Fetch Metadata headers" with its mandatory fallback).
 *
 * A request with neither header and no cookie did not come from a browser's page, so there is no
 * session to ride on. Nor does anybody ride on one who brings a bearer token, which no browser adds by itself: such a
 * request loses its cookies here, so that nothing behind can take them for who asks.
 *
 * @param baseUrl our own address; only its origin may write
 * @param routes those that are declared `crossSite` take writes from anywhere
 */
export function refuseCrossSiteWrites(
  baseUrl: string,
  routes: readonly Pick<Route<object>, "method" | "path" | "crossSite">[] = [],
): Middleware {
  const ownOrigin = new URL(baseUrl).origin;
  const open = new Set(
    routes.filter(({ crossSite }) => crossSite).map(({ method, path }) => `${method} ${path}`),
  );
  return async (ctx, next) => {
    const isGuarded = !safeMethods.has(ctx.method) && !open.has(`${ctx.method} ${ctx.path}`);
    if (readBearerToken(ctx) !== null) {
      delete ctx.req.headers.cookie;
    } else if (isGuarded && !isOurs(ctx.get("Sec-Fetch-Site"))) {
      throw httpError("request.cross_site");
    }
    await next();

    function isOurs(site: string): boolean {
      if (site === "same-origin" || site === "none") return true;
      if (site === "cross-site" || site === "same-site") return false;
      const origin = ctx.get("Origin");
      return origin === "" ? ctx.get("Cookie") === "" : origin === ownOrigin;
    }
  };
}
