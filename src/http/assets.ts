import { readdirSync } from "node:fs";

import type { Middleware } from "koa";
import serveStatic from "koa-static";

/**
 * Serves the files of one flat folder at the root, by their exact names. Every other path goes on to
 * the routes untouched, since koa-static answers malformed paths with errors of its own.
 *
 * Caches may keep the files for five minutes: their names stay the same from one release to the next.
 */
export function serveAssets(folder: string): Middleware {
  const paths = new Set(readdirSync(folder).map((name) => `/${name}`));
  const serve = serveStatic(folder, {
    index: false,
    setHeaders: (response) => response.setHeader("Cache-Control", "public, max-age=300"),
  });
  return (ctx, next) => (paths.has(ctx.path) ? serve(ctx, next) : next());
}
