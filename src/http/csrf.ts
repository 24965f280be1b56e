import type { Middleware } from "koa";

import { readBearerToken } from "./bearer-token.ts";
import { httpError } from "./errors.ts";
import type { Route } from "./route.ts";

const safeMethods = new Set(["GET", "HEAD", "OPTIONS"]);

/**
 * Refuses writes that another site made the browser send, without tokens in forms. It reads
 * `Sec-Fetch-Site`, and `Origin` where the browser sends no `Sec-Fetch-Site` or an unknown value
 * (OWASP CSRF cheat sheet, "Fetch Metadata headers" with its mandatory fallback).
 *
 * A request with neither header and no cookie did not come from a browser's page, so it cannot abuse a session. No
 * browser adds a bearer token by itself, so a request with a token passes. It loses its cookies here, so that no later
 * code takes the cookie's session for the principal.
 *
 * @param baseUrl our own address: only its origin may write
 * @param routes routes that declare `crossSite` take writes from anywhere
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
