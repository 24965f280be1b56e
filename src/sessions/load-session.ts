import type Koa from "koa";
import type { Next } from "koa";
import session from "koa-session";

import type { Database } from "../database/database.ts";
import type { BrowserCookie } from "../http/cookie.ts";
import type { RouteContext } from "../http/route.ts";
import type { AppState } from "../http/state.ts";
import { createNotices } from "./notices.ts";
import { createSessionStore, type LoadedSession, sessionData } from "./session-store.ts";
import {
  type Authentication,
  type AuthenticationRequest,
  authenticate,
  type SessionLimits,
} from "./sessions.ts";

/** The principal of a request, found by their session. */
export type SessionAuthentication = Omit<Authentication, "session"> & {
  /** The sentence for the page to which a form of this session has led. */
  notice?: string;
};

export type Sessions = ReturnType<typeof createSessions>;

type KoaSession = Record<string, unknown> & { manuallyCommit(): Promise<void> };

/**
 * Sets koa-session up so that none of the faults found in it can happen
 * (docs/decisions/005-sessions.md): it gets what we have read, writes through our store, and saves only when told.
 */
export function createSessions(
  app: Koa<AppState>,
  {
    database,
    cookie,
    noticeCookie,
    limits,
  }: {
    database: Database;
    cookie: BrowserCookie;
    noticeCookie: BrowserCookie;
    limits: SessionLimits;
  },
) {
  type Loaded = LoadedSession & { sessionId: string; notice: string | undefined };
  const loaded = new WeakMap<object, Loaded>();
  const notices = createNotices(noticeCookie);
  const giveToKoaSession = session(
    {
      autoCommit: false,
      ContextStore: createSessionStore(database.unscoped, loaded),
      externalKey: {
        // Another read of the cookie would check its signature again.
        get: (ctx) => loaded.get(ctx)?.sessionId ?? "",
        // The id never changes here: only signing in writes the cookie. Written again, it would
        // undo its removal by a sign-out that another request did meanwhile.
        set: () => undefined,
      },
    },
    app,
  );
  return {
    /** Finds the principal, and reads for the route; null for a visitor. */
    async load(
      ctx: RouteContext,
      request: AuthenticationRequest,
    ): Promise<{ found: SessionAuthentication; rows: object[]; besides: object[] } | null> {
      const sessionId = cookie.read(ctx);
      if (!sessionId) return null;
      const answer = await authenticate(database, sessionId, limits, request);
      if (!answer) return null;
      const { session: row, ...authentication } = answer.found;
      const { data: values } = sessionData.safeParse(row.data);
      if (!values) {
        const { logger } = ctx.state;
        logger.warn(
          { userId: authentication.user.id },
          "session ignored: its values are malformed",
        );
        return null;
      }
      const notice = notices.read(ctx, row);
      loaded.set(ctx, { sessionId, idHash: row.idHash, values, notice });
      await giveToKoaSession(ctx, () => Promise.resolve());
      const found = { ...authentication, ...(notice !== undefined && { notice }) };
      return { found, rows: answer.rows, besides: answer.besides };
    },
    /** Finds the principal of a request that failed, for the page of its error; null for a visitor. */
    async look(ctx: RouteContext): Promise<Omit<Authentication, "session"> | null> {
      const sessionId = cookie.read(ctx);
      if (!sessionId) return null;
      const request = { organizationSlug: null, forPage: true, read: null };
      return (await authenticate(database, sessionId, limits, request))?.found ?? null;
    },
    /** Saves what a request changed in `ctx.session`, after its work is done and nothing has failed. */
    async commit(ctx: RouteContext, next: Next): Promise<void> {
      await next();
      const found = loaded.get(ctx);
      const values: KoaSession | null = found ? ctx["session"] : null;
      if (!found || !values) return;
      refuseLostNames(values);
      await values.manuallyCommit();
      if (found.notice !== undefined) notices.forget(ctx);
      if (ctx.state.notice !== undefined) notices.keep(ctx, ctx.state.notice, found);
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
