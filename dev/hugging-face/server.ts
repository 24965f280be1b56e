import Koa from "koa";
import { listen } from "../system/http-server.ts";
import { contentSecurityPolicy } from "../pages/document.tsx";
import { OAuthError, type Application } from "./application.ts";
import { createApiRouter } from "./api-routes.ts";
import { createChangeRouter } from "./change-routes.ts";
import { Grants } from "./grants.ts";
import { createIdTokenSigner } from "./id-token.ts";
import { renderFaultPage } from "./pages.tsx";
import { createRouter } from "./routes.ts";
import { World } from "./world.ts";

export type HuggingFaceStandInOptions = {
  /** Such as Logto's connector, and the application itself, which connects organizations. */
  applications: readonly Application[];
  /** On 127.0.0.1; 0: any free one. */
  port: number;
  /** The origin in every address it gives out. Default: `http://localhost:<port>`. */
  publicOrigin?: string;
};

export type HuggingFaceStandIn = {
  issuer: string;
  /** On 127.0.0.1. */
  port: number;
  /** The people and their organizations. Tests change them here, developers on the pages. */
  world: World;
  stop(): Promise<void>;
};

/**
 * Plays the OAuth and OpenID Connect provider of huggingface.co (https://huggingface.co/docs/hub/oauth), with a handful
 * of people. Keeps everything in memory.
 */
export async function startHuggingFaceStandIn(
  options: HuggingFaceStandInOptions,
): Promise<HuggingFaceStandIn> {
  const { applications, port, publicOrigin } = options;
  const server = await listen(port);
  const issuer = publicOrigin ?? `http://localhost:${server.port}`;
  const world = new World();
  const router = createRouter({
    issuer,
    applications,
    world,
    grants: new Grants(),
    signer: createIdTokenSigner(issuer),
  });
  const app = new Koa();
  app.use(answerFaults);
  for (const each of [router, createApiRouter(world, issuer), createChangeRouter(world)]) {
    app.use(each.routes()).use(each.allowedMethods());
  }
  server.serve(app.callback());
  return { issuer, port: server.port, world, stop: () => server.stop() };
}

/** Faults of the OAuth endpoints are JSON (RFC 6749 section 5.2), those of the pages are a page. */
const answerFaults: Koa.Middleware = async (ctx, next) => {
  ctx.set("Content-Security-Policy", contentSecurityPolicy);
  try {
    await next();
  } catch (fault) {
    if (!(fault instanceof OAuthError)) throw fault;
    ctx.status = fault.status;
    ctx.body =
      ctx.path === "/oauth/authorize"
        ? renderFaultPage(fault.message)
        : { error: fault.code, error_description: fault.message };
  }
};
