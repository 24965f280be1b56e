import type Koa from "koa";
import type Provider from "oidc-provider";
import { renderFaultPage } from "./pages/message-pages.tsx";

/** As at Logto: a browser that goes back asks for the page again. */
export async function forbidCaching(ctx: Koa.Context, next: Koa.Next): Promise<void> {
  await next();
  if (ctx.type === "text/html") ctx.set("Cache-Control", "no-cache, no-store, must-revalidate");
}

/** Writes a fault of the stand-in itself to the console; the browser gets a page without details. */
export async function reportFaults(ctx: Koa.Context, next: Koa.Next): Promise<void> {
  try {
    await next();
  } catch (error) {
    writeFault(ctx, error);
    ctx.status = 500;
    ctx.body = ctx.path.startsWith("/api/")
      ? { message: "Internal server error." }
      : renderFaultPage("The Logto stand-in had an internal error. Its console says more.");
  }
}

/**
 * Hands /oidc and everything below to the provider, which knows its paths without that prefix. The provider is always
 * told the public name, although a request may come by another one (127.0.0.1, a proxy): its URLs are those of its issuer.
 */
export function mountProvider(provider: Provider, publicOrigin: string): Koa.Middleware {
  const { host, protocol } = new URL(publicOrigin);
  provider.proxy = true;
  provider.on("server_error", (ctx, error) => writeFault(ctx, error));
  const answer = provider.callback();
  return async (ctx, next) => {
    if (ctx.path !== "/oidc" && !ctx.path.startsWith("/oidc/")) return next();
    ctx.req.url = (ctx.req.url ?? "").slice("/oidc".length) || "/";
    Object.assign(ctx.req, { baseUrl: "/oidc" });
    Object.assign(ctx.req.headers, {
      "x-forwarded-host": host,
      "x-forwarded-proto": protocol.slice(0, -1),
    });
    ctx.respond = false;
    return answer(ctx.req, ctx.res);
  };
}

function writeFault(ctx: { method: string; path: string }, error: unknown): void {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(`logto stand-in: ${ctx.method} ${ctx.path}: ${text}\n`);
}
