import type { Logger } from "pino";

/** The values of `ctx.state` that the middleware stack sets. */
export type AppState = {
  requestId: string;
  logger: Logger;
  /** The pattern of the matched route, for logs. */
  routePath?: string;
  /** Finds the page of ours that has the form which this request sends. */
  pageOfForm?: () => string;
  /** Whether the form of this request is kept until the person comes back. */
  formWaits?: boolean;
  /** The form that was sent had a file, which nobody keeps. */
  losesFile?: boolean;
  /** The sentence of the reply for the next page. */
  notice?: string;
};
