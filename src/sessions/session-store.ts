import { isDeepStrictEqual } from "node:util";

import { z } from "zod";

import type { Prisma, PrismaClient } from "../database/generated/client.ts";
import { updateSessionData } from "./sessions.ts";

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

/** The values that a session may hold for the application: JSON, under names that are free. */
export const sessionData = z
  .unknown()
  .refine((values) => Object.keys(Object(values)).every(isFree))
  .pipe(z.record(z.string(), z.json()));

function isFree(name: string): boolean {
  return !name.startsWith("_") && !takenNames.has(name);
}

/** A session as a request found it. */
export type LoadedSession = {
  idHash: Uint8Array<ArrayBuffer>;
  values: z.output<typeof sessionData>;
};

/**
 * Makes the session store that koa-session builds for each request (its `ContextStore`).
 *
 * It reads nothing: the principal is known by then. And it only ever updates: a session is created by signing in
 * (sessions.ts) and by nothing else, so an anonymous visitor gets no row, and a request in flight cannot bring back a
 * session that was ended.
 *
 * @param loaded the session of each request that has one, by its context
 */
export function createSessionStore(
  unscoped: PrismaClient,
  loaded: Pick<WeakMap<object, LoadedSession>, "get">,
) {
  return class SessionStore {
    private readonly ctx: object;

    constructor(ctx: object) {
      this.ctx = ctx;
    }

    get(): Promise<LoadedSession["values"] | undefined> {
      return Promise.resolve(structuredClone(loaded.get(this.ctx)?.values));
    }

    async set(_sessionId: string, session: Record<string, unknown>): Promise<void> {
      const found = loaded.get(this.ctx);
      if (!found) return;
      const values = sessionData.parse(
        Object.fromEntries(Object.entries(session).filter(([name]) => !name.startsWith("_"))),
      );
      const changed = Object.entries(values).filter(
        ([name, value]) => !isDeepStrictEqual(value, found.values[name]),
      );
      const removed = Object.keys(found.values).filter((name) => !(name in values));
      if (changed.length === 0 && removed.length === 0) return;
      if (JSON.stringify(values).length > largest) {
        throw new RangeError(`A session keeps ${largest} characters of JSON at most.`);
      }
      const set = Object.fromEntries(changed) as Prisma.InputJsonObject;
      await updateSessionData(unscoped, found.idHash, { set, removed });
    }

    async destroy(): Promise<void> {
      throw new Error(
        "Sessions end in sessions.ts: koa-session would make a new one in its place.",
      );
    }
  };
}
