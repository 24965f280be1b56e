import type { ParameterizedContext } from "koa";

import type { AppState } from "./state.ts";

/** Where a request came from: what a record of it keeps. */
export type RequestOrigin = { id: string; ip: string; userAgent: string };

export function describeOrigin(ctx: ParameterizedContext<AppState>): RequestOrigin {
  return { id: ctx.state.requestId, ip: ctx.ip, userAgent: ctx.get("User-Agent") };
}
