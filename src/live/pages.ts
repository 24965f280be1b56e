import type { Logger } from "pino";

import { organizationPath } from "../access/organization-path.ts";
import { hasPermission, type Permission } from "../access/roles.ts";
import type { Database } from "../database/database.ts";
import { listen } from "../database/listen.ts";
import type { BrowserCookie } from "../http/cookie.ts";
import { seeOther } from "../http/reply.ts";
import type { RouteContext } from "../http/route.ts";
import { authenticate, type SessionLimits } from "../sessions/sessions.ts";
import type { Member } from "../tenancy/actor.ts";
import { organizationParams } from "../tenancy/organization-params.ts";
import { route } from "../tenancy/route.ts";
import { createFollowers } from "./followers.ts";
import { lists } from "./lists.ts";
import { createStream, type Pace, usualPace } from "./stream.ts";

export type LiveContext = {
  config: { jobs: { databaseUrl: string } };
  database: Pick<Database, "queryTogether">;
  logger: Pick<Logger, "warn">;
  draining: AbortSignal;
  sessionCookie: BrowserCookie;
  sessionLimits: SessionLimits;
  /** Replaces the usual one, for tests. */
  pace?: Pace;
};

/** One stream of events for each list: docs/live.md. */
export function liveRoutes(context: LiveContext) {
  const { config, logger, draining, pace = usualPace } = context;
  const followers = createFollowers({
    listen: (hear) => listen({ url: config.jobs.databaseUrl, channel: "live", logger, ...hear }),
    draining,
    memory: pace.memory,
  });

  return Object.entries(lists).map(([list, permission]) =>
    route({
      method: "GET",
      path: `/o/:slug/live/${list}`,
      access: permission,
      params: organizationParams,
      isPage: false,
      statuses: [200, 303],
      async handler({ actor }, ctx) {
        const { id: organizationId, slug } = actor.organization;
        const isFollowed = ctx.accepts("html", "json", "text/event-stream") === "text/event-stream";
        if (!isFollowed || ctx.method === "HEAD") {
          return seeOther(`${organizationPath(slug)}/${list}`);
        }
        const mayFollow = () => isStillAllowed(context, ctx, { actor, permission });
        const { events, tell } = createStream(mayFollow, pace);
        const leave = followers.add({ organizationId, userId: actor.user.id, list, tell });
        ctx.res.once("close", () => {
          leave();
          tell("over");
        });
        return {
          status: 200,
          type: "text/event-stream",
          // nginx would collect the events. A stop of the instance would wait for a connection that becomes idle.
          headers: { "X-Accel-Buffering": "no", Connection: "close" },
          body: events,
        };
      },
    }),
  );
}

/** Authenticates the reader of a stream again, as for a new request. @returns undefined if the database does not answer */
async function isStillAllowed(
  { database, logger, sessionCookie, sessionLimits }: LiveContext,
  ctx: RouteContext,
  { actor, permission }: { actor: Member; permission: Permission },
): Promise<boolean | undefined> {
  const { id, slug } = actor.organization;
  const request = { organizationSlug: slug, forPage: false, read: null };
  try {
    const sessionId = sessionCookie.read(ctx) ?? "";
    const answer = await authenticate(database, sessionId, sessionLimits, request);
    const membership = answer?.found.membership;
    return (
      membership?.organization.id === id &&
      !membership.isSuspended &&
      !membership.isDeleted &&
      hasPermission(membership.role, permission)
    );
  } catch (error) {
    logger.warn({ err: error }, "a stream ended: its reader could not be authenticated");
    return undefined;
  }
}
