import type { ParameterizedContext } from "koa";

import type { AppState } from "./state.ts";

/** Where a request came from: what a record of it keeps. */
export type RequestOrigin = {
  id: string;
  ip: string;
  userAgent: string;
  /** Of the client that asked with a token (OAuth 2.0's `client_id`); not there for a browser with a session. */
  clientId?: string;
};

export function describeOrigin(ctx: ParameterizedContext<AppState>): RequestOrigin {
  return { id: ctx.state.requestId, ip: ctx.ip, userAgent: ctx.get("User-Agent") };
}
