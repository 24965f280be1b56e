import Koa, { type Middleware } from "koa";
import supertest from "supertest";

import { catchErrors } from "../../src/http/error-boundary.ts";
import { logRequests } from "../../src/http/request-id.ts";
import { type Route, routesFor } from "../../src/http/route.ts";
import { serveRoutes } from "../../src/http/router.ts";
import { setSecurityHeaders } from "../../src/http/security-headers.ts";
import type { AppState } from "../../src/http/state.ts";
import { renderErrorPage } from "../../src/views/error-page.tsx";
import { createLogger } from "../../src/runtime/logger.ts";

type Anybody = { public: null };
export const route = routesFor<Anybody>();

/** A Koa application with our middleware, for routes that the real application does not have. */
export function createSmallApplication({
  routes = [],
  middleware = [],
  explainsInput = false,
}: { routes?: Route<Anybody>[]; middleware?: Middleware[]; explainsInput?: boolean } = {}) {
  const lines: string[] = [];
  const app = new Koa<AppState>();
  // Koa's own error handling must not see an error.
  app.on("error", (error) => lines.push(`outside: ${error}`));
  app.use(logRequests(createLogger("trace", { write: (line) => lines.push(line) })));
  app.use(
    setSecurityHeaders({ isSecure: true, transportSecurity: "max-age=31536000", formTargets: [] }),
  );
  app.use(
    catchErrors({
      renderErrorPage: (error, { state }) => renderErrorPage(error, state),
      translate: () => undefined,
    }),
  );
  for (const each of middleware) app.use(each);
  app.use(serveRoutes(routes, () => Promise.resolve({ actor: null, rows: [] }), { explainsInput }));
  return { request: supertest(app.callback()), logged: () => lines.join("\n") };
}
