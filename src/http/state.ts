import type { Logger } from "pino";

/** The values of `ctx.state` that the middleware stack sets. */
export type AppState = {
  requestId: string;
  logger: Logger;
  /** The pattern of the matched route, for logs. */
  routePath?: string;
  /** The sentence of the reply for the next page. */
  notice?: string;
};
