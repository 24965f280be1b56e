import type Koa from "koa";
import type { Middleware } from "koa";
import session from "koa-session";

import type { Database } from "../database/database.ts";
import type { BrowserCookie } from "../http/cookie.ts";
import type { RouteContext } from "../http/route.ts";
import { createSessionStore, type SessionState } from "./session-store.ts";
import type { Authentication, SessionLimits } from "./sessions.ts";

export type Sessions = {
  /** Finds out who asks; null for a visitor. The organization is the one that the URL names, if any. */
  load(ctx: RouteContext, organizationSlug: string | null): Promise<Authentication | null>;
  /** Saves what a request changed in `ctx.session`, after its work is done and nothing has failed. */
  commit: Middleware;
};

type KoaSession = { manuallyCommit(): Promise<void> };

/**
 * Sets koa-session up so that none of the faults found in it can happen
 * (docs/decisions/005-sessions.md): it reads and writes through our store, and saves only when told.
 */
export function createSessions(
  app: Koa,
  {
    database,
    cookie,
    limits,
  }: { database: Database; cookie: BrowserCookie; limits: SessionLimits },
): Sessions {
  const middleware = session(
    {
      autoCommit: false,
      ContextStore: createSessionStore(database, limits),
      externalKey: {
        get: (ctx) => cookie.read(ctx) ?? "",
        // The id never changes here: only signing in writes the cookie. Written again, it would
        // undo its removal by a sign-out that another request did meanwhile.
        set: () => undefined,
      },
    },
    app,
  );
  return {
    async load(ctx, organizationSlug) {
      const unanswered: Omit<SessionState, "logger"> = { organizationSlug, authentication: null };
      const state = Object.assign(ctx.state, unanswered);
      await middleware(ctx, () => Promise.resolve());
      return state.authentication;
    },
    async commit(ctx, next) {
      await next();
      if (!("authentication" in ctx.state) || ctx.state.authentication === null) return;
      const values: KoaSession | null = ctx["session"];
      if (!values) return;
      refuseLostNames(values);
      await values.manuallyCommit();
    },
  };
}

/** koa-session silently drops what is under such a name; `_requireSave` and `_expire` are its own. */
function refuseLostNames(values: object): void {
  const lost = Object.keys(values).filter(
    (name) => name.startsWith("_") && name !== "_requireSave" && name !== "_expire",
  );
  if (lost.length > 0) throw new TypeError(`A session cannot keep ${lost.join(", ")}.`);
}
