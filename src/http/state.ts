import type { Logger } from "pino";

/** What the middleware stack leaves for those further in: `ctx.state`. */
export type AppState = {
  requestId: string;
  logger: Logger;
  /** Pattern of the matched route, for logs. */
  routePath?: string;
  /** What the reply wants the next page to say. */
  notice?: string;
};
