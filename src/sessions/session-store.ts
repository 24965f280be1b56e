import { isDeepStrictEqual } from "node:util";

import type { Logger } from "pino";
import { z } from "zod";

import type { Database } from "../database/database.ts";
import type { Prisma } from "../database/generated/client.ts";
import {
  type Authentication,
  authenticate,
  type SessionLimits,
  updateSessionData,
} from "./sessions.ts";

/** Every request reads it all: what is larger belongs into a table. */
const largest = 2048;

/** Names that mean something to koa-session, which copies all values onto its session object. */
const takenNames = new Set([
  "constructor",
  "toJSON",
  "isNew",
  "length",
  "populated",
  "maxAge",
  "externalKey",
  "save",
  "regenerate",
  "commit",
  "manuallyCommit",
]);

/** What a session may hold for the application: JSON, under names that are free. */
const sessionData = z
  .unknown()
  .refine((values) => Object.keys(Object(values)).every(isFree))
  .pipe(z.record(z.string(), z.json()));

function isFree(name: string): boolean {
  return !name.startsWith("_") && !takenNames.has(name);
}

/** What the store needs of the request, and what it leaves there. */
export type SessionState = {
  organizationSlug: string | null;
  authentication: Authentication | null;
  logger: Pick<Logger, "warn">;
};

/**
 * Makes the session store that koa-session builds anew for each request (its `ContextStore`).
 *
 * It only ever updates: a session is created by signing in (sessions.ts) and by nothing else, so an
 * anonymous visitor gets no row, and a request in flight cannot bring back a session that was ended.
 */
export function createSessionStore(
  database: Pick<Database, "unscoped" | "queryPrepared">,
  limits: SessionLimits,
) {
  return class SessionStore {
    private readonly state: SessionState;
    private loaded: Record<string, unknown> = {};

    constructor(ctx: { state: SessionState }) {
      this.state = ctx.state;
    }

    async get(sessionId: string): Promise<Record<string, unknown> | undefined> {
      const { organizationSlug, logger } = this.state;
      const found = await authenticate(database, sessionId, limits, organizationSlug);
      if (!found) return undefined;
      const parsed = sessionData.safeParse(found.session.data);
      if (!parsed.success) {
        logger.warn({ userId: found.user.id }, "session ignored: its values are malformed");
        return undefined;
      }
      this.state.authentication = found;
      this.loaded = structuredClone(parsed.data);
      return parsed.data;
    }

    async set(_sessionId: string, session: Record<string, unknown>): Promise<void> {
      const idHash = this.state.authentication?.session.idHash;
      if (!idHash) return;
      const values = sessionData.parse(
        Object.fromEntries(Object.entries(session).filter(([name]) => !name.startsWith("_"))),
      );
      const changed = Object.entries(values).filter(
        ([name, value]) => !isDeepStrictEqual(value, this.loaded[name]),
      );
      const removed = Object.keys(this.loaded).filter((name) => !(name in values));
      if (changed.length === 0 && removed.length === 0) return;
      if (JSON.stringify(values).length > largest) {
        throw new RangeError(`A session keeps ${largest} characters of JSON at most.`);
      }
      const set = Object.fromEntries(changed) as Prisma.InputJsonObject;
      await updateSessionData(database.unscoped, idHash, { set, removed });
    }

    async destroy(): Promise<void> {
      throw new Error(
        "Sessions end in sessions.ts: koa-session would make a new one in its place.",
      );
    }
  };
}
