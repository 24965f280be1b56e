import { randomUUID } from "node:crypto";

import type { Middleware } from "koa";
import type { Logger } from "pino";

import type { AppState } from "./state.ts";

/**
 * Gives every request an id and one log line. The line has the route's pattern, and neither path nor
 * query, which can carry tokens (ASVS 5.0, 16.2.5).
 */
export function logRequests(logger: Logger): Middleware<AppState> {
  return async (ctx, next) => {
    const started = performance.now();
    ctx.state.requestId = randomUUID();
    ctx.state.logger = logger.child({ requestId: ctx.state.requestId });
    ctx.set("X-Request-Id", ctx.state.requestId);
    await next();
    ctx.state.logger.info(
      {
        method: ctx.method,
        route: ctx.state.routePath ?? null,
        status: ctx.status,
        milliseconds: Math.round(performance.now() - started),
      },
      "request",
    );
  };
}
