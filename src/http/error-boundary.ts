import type { Middleware, ParameterizedContext } from "koa";

import { AppError, httpError } from "./errors.ts";
import type { AppState } from "./state.ts";

export type ErrorBoundaryOptions = {
  /** Draws the page of an error. It must always succeed. */
  renderErrorPage(error: AppError, ctx: ParameterizedContext<AppState>): string | Promise<string>;
  /** Translates errors of other layers, such as an unreachable database. */
  translate(error: unknown): AppError | undefined;
};

/**
 * Turns any thrown value, even `undefined`, into an answer: an HTML page, or `application/problem+json`
 * (RFC 9457) for callers that do not ask for HTML.
 *
 * Koa's own error handling never sees an error: it hangs on `throw undefined`, drops every header, and
 * trusts `status` and `headers` of any thrown object.
 */
export function catchErrors(options: ErrorBoundaryOptions): Middleware<AppState> {
  const logError = logErrorsOf();
  return async (ctx, next) => {
    try {
      await next();
    } catch (thrown) {
      const error = toAppError(thrown, options.translate);
      logError(ctx, error, thrown);
      if (ctx.headerSent || !ctx.writable) return;
      const wantsHtml = ctx.accepts("json", "html") === "html";
      if (error.options.redirect !== undefined && wantsHtml && isReading(ctx)) {
        ctx.set("Location", error.options.redirect);
        ctx.body = null;
        // Koa sets 204 with an empty body, so the status comes after it.
        ctx.status = 303;
        return;
      }
      ctx.status = error.status;
      if (error.options.headers) ctx.set(error.options.headers);
      ctx.set("Cache-Control", "no-store");
      if (wantsHtml) {
        ctx.type = "text/html; charset=utf-8";
        ctx.body = await options.renderErrorPage(error, ctx);
      } else {
        ctx.body = JSON.stringify(toProblem(error, ctx.state.requestId));
        ctx.type = "application/problem+json; charset=utf-8";
      }
    }
  };
}

/**
 * Koa reads the path of `GET http://[x/`, in absolute form (RFC 9112, section 3.2.2), with a parser that throws.
 *
 * @throws request.malformed
 */
export const refuseUnreadableTargets: Middleware = async (ctx, next) => {
  try {
    void ctx.path;
  } catch (error) {
    throw httpError("request.malformed", { cause: error });
  }
  await next();
};

/** HEAD is answered as GET is (RFC 9110, section 9.3.2). */
function isReading({ method }: ParameterizedContext): boolean {
  return method === "GET" || method === "HEAD";
}

function toAppError(thrown: unknown, translate: ErrorBoundaryOptions["translate"]): AppError {
  if (thrown instanceof AppError) return thrown;
  return translate(thrown) ?? httpError("server.fault", { cause: thrown });
}

function toProblem(error: AppError, requestId: string) {
  return {
    type: "about:blank",
    title: error.title,
    status: error.status,
    detail: error.message,
    code: error.code,
    requestId,
    ...(error.options.issues && { issues: error.options.issues }),
  };
}

/** Milliseconds in which the log describes an outage once, however many requests fail. */
const pause = 1_000;

function logErrorsOf() {
  let described = -pause;
  return (ctx: ParameterizedContext<AppState>, error: AppError, thrown: unknown): void => {
    const { logger } = ctx.state;
    const fields = { code: error.code, status: error.status };
    if (error.code === "server.fault") return logger.error({ ...fields, err: thrown }, "fault");
    if (error.status < 500) return logger.debug(fields, "refused");
    const now = performance.now();
    const isNews = now - described >= pause;
    if (isNews) described = now;
    logger.warn({ ...fields, ...(isNews && { err: thrown }) }, "unavailable");
  };
}
