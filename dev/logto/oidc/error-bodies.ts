import type Koa from "koa";
import { errors } from "oidc-provider";

/** Logto's English messages; any other OpenID error is answered with the general sentence. */
const messages: Record<string, string> = {
  invalid_request: "Request is invalid.",
  invalid_redirect_uri:
    "`redirect_uri` did not match any of the client's registered `redirect_uris`.",
  invalid_target: "Invalid resource indicator.",
  invalid_token: "Invalid token provided.",
  invalid_grant: "Grant request is invalid.",
  insufficient_scope: "Token missing scope `{{scope}}`.",
  invalid_client_metadata: "Invalid client metadata provided.",
  access_denied: "Access denied.",
  unsupported_grant_type: "Unsupported `grant_type` requested.",
  invalid_scope: "Invalid scope: {{error_description}}.",
};

type ErrorBody = { error: string };
const sessionLost = new WeakSet<object>();

/** `renderError` of the provider: JSON, even for a browser, as Logto does. */
export function renderError(ctx: Koa.Context, out: object, error: Error): void {
  if (error instanceof errors.SessionNotFound) sessionLost.add(ctx);
  ctx.body = out;
}

/** Adds Logto's `code` and `message` to the error bodies of the OpenID endpoints. */
export async function addLogtoErrorFields(ctx: Koa.Context, next: Koa.Next): Promise<void> {
  await next();
  if (ctx.status === 404 && !ctx.body) {
    const path = `${ctx.method} on ${ctx.path}`;
    ctx.body = {
      error: "invalid_request",
      error_description: `unrecognized route or not allowed method (${path})`,
    };
    ctx.status = 404;
  }
  if (!isErrorBody(ctx.body)) return;
  const { error } = ctx.body;
  const status = ctx.status;
  ctx.body = {
    ...(sessionLost.has(ctx)
      ? {
          code: "session.not_found",
          message: "Session not found. Please go back and sign in again.",
        }
      : {
          code: `oidc.${error}`,
          message: messages[error] ?? `An OIDC error occurred: oidc.${error}.`,
        }),
    ...(error === "invalid_grant" ? { error_uri: "https://openid.sh/debug/invalid_grant" } : {}),
    ...ctx.body,
  };
  ctx.status = status;
}

function isErrorBody(body: unknown): body is ErrorBody {
  return (
    typeof body === "object" && body !== null && "error" in body && typeof body.error === "string"
  );
}
