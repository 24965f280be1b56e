import type { ParameterizedContext } from "koa";

import type { AppState } from "./state.ts";

/** The origin of a request, as a record of it keeps it. */
export type RequestOrigin = {
  id: string;
  ip: string;
  userAgent: string;
  /** The `client_id` (OAuth 2.0) of a client with a token; missing for a browser with a session. */
  clientId?: string;
};

export function describeOrigin(ctx: ParameterizedContext<AppState>): RequestOrigin {
  return { id: ctx.state.requestId, ip: ctx.ip, userAgent: ctx.get("User-Agent") };
}
