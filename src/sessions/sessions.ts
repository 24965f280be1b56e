import { z } from "zod";

import type { Statement } from "../database/batch.ts";
import type { Database, Transaction } from "../database/database.ts";
import type { Prisma, PrismaClient } from "../database/generated/client.ts";
import { readAddress } from "../http/ip-address.ts";
import { createRandomToken, hashToken } from "../http/token.ts";
import type { OrganizationWithRole } from "../access/membership.ts";
import { giveTints } from "../access/organization-tints.ts";
import { roles } from "../access/roles.ts";
import { type Principal, type PrincipalRow, readPrincipal } from "../access/principal.ts";

/** How long a session lives by the database's clock: unused, and in all. Seconds. */
export type SessionLimits = { idleSeconds: number; absoluteSeconds: number };

/** How many sessions a person may have; a further one ends the one that was used longest ago. */
export const sessionsPerUser = 20;

/** The principal of a request and their session, found by one query. */
export type Authentication = Principal & {
  session: { idHash: Uint8Array<ArrayBuffer>; data: unknown };
  /** The first hundred of their organizations, by name; null if the request did not ask for them. */
  organizations: OrganizationWithRole[] | null;
  /** The organization that they opened last, if the URL names none and they still belong to it. */
  lastOrganizationSlug: string | null;
  /** The zone in which they read times, by its IANA name; null: UTC. */
  timeZone: string | null;
  /** Seconds since the person last authenticated; null if the identity provider does not tell. */
  authenticationAge: number | null;
};

type AuthenticateRow = PrincipalRow & {
  session_data: unknown;
  organizations: unknown;
  last_organization_slug: string | null;
  authentication_age: number | null;
  time_zone: string | null;
};

const listedOrganizations = z
  .array(
    z.object({
      id: z.string(),
      name: z.string(),
      slug: z.string(),
      role: z.enum(roles),
      picture: z.string().nullable(),
    }),
  )
  .transform(giveTints)
  .nullable();

/** The parts of an authentication that a request needs. */
export type AuthenticationRequest = {
  /** The organization that the URL names, if any. */
  organizationSlug: string | null;
  /** Whether to find the person's organizations, for the switcher. */
  forPage: boolean;
  /** A statement that reads in the same transaction, as `current_organization_id()`; null for none. */
  read: Statement | null;
  /** Another such statement, for what surrounds the page. */
  besides?: Statement | null;
};

/**
 * Looks a session up, with its user and the user's membership in the organization that the URL names: one round trip (the
 * SQL function `authenticate_session`), in which the route reads, too.
 *
 * @returns null when there is no such session, or it has expired or been revoked; the rows of both statements must not
 *   leave the process before the permission is checked
 */
export async function authenticate(
  database: Pick<Database, "queryTogether">,
  sessionId: string,
  limits: SessionLimits,
  { organizationSlug, forPage, read, besides = null }: AuthenticationRequest,
): Promise<{ found: Authentication; rows: object[]; besides: object[] } | null> {
  const idHash = hashToken(sessionId);
  const { idleSeconds, absoluteSeconds } = limits;
  const reads = [read, besides].flatMap((each) => each ?? []);
  const [found, ...answers] = await database.queryTogether([
    {
      name: "authenticate-session",
      text: "select * from authenticate_session($1, $2, $3, $4, $5, $6)",
      values: [idHash, idleSeconds, absoluteSeconds, organizationSlug, forPage, reads.length > 0],
    },
    ...reads,
  ]);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the columns of the SQL function
  const [row] = (found ?? []) as AuthenticateRow[];
  if (!row) return null;
  return {
    found: {
      ...readPrincipal(row),
      session: { idHash, data: row.session_data },
      organizations: listedOrganizations.parse(row.organizations),
      lastOrganizationSlug: row.last_organization_slug,
      authenticationAge: row.authentication_age,
      timeZone: row.time_zone,
    },
    rows: (read && answers[0]) ?? [],
    besides: (besides && answers.at(-1)) ?? [],
  };
}

/**
 * Starts a session, and ends those beyond {@link sessionsPerUser}.
 *
 * @param session.authenticationAge seconds since the person authenticated, where that is known
 * @param session.continues the id of a session of the same person: the new one starts with its values
 * @returns the id for the cookie, and its hash
 */
export async function createSession(
  tx: Transaction,
  session: {
    userId: string;
    idpSid: string | null;
    userAgent: string;
    ip: string;
    authenticationAge?: number | null;
    continues?: string | undefined;
  },
): Promise<{ id: string; idHash: Uint8Array<ArrayBuffer> }> {
  const id = createRandomToken();
  const idHash = hashToken(id);
  const { continues } = session;
  const formerHash = continues === undefined ? null : hashToken(continues);
  // SQL, because Prisma fills in @default(now()) by the application's clock. A proxy may send a client address that is
  // none.
  await tx.$executeRaw`
    insert into sessions (id_hash, user_id, idp_sid, user_agent, ip, authenticated_at, data)
    values (${idHash}, ${session.userId}::uuid, ${session.idpSid},
            ${session.userAgent.slice(0, 500)}, ${readAddress(session.ip)}::inet,
            now() - make_interval(secs => ${session.authenticationAge ?? null}::double precision),
            coalesce((select data from sessions where id_hash = ${formerHash}), '{}'))`;
  await tx.$executeRaw`
    update sessions set revoked_at = now(), revoke_reason = 'too_many'
     where id_hash in (select id_hash from sessions
                        where user_id = ${session.userId}::uuid and revoked_at is null
                        order by last_seen_at desc, created_at desc offset ${sessionsPerUser})`;
  return { id, idHash };
}

/**
 * Writes the values that a request changed, and no others, so that two requests at once do not undo each other. It writes
 * only if the session still lives, so that nothing brings a session back.
 */
export async function updateSessionData(
  unscoped: PrismaClient,
  idHash: Uint8Array<ArrayBuffer>,
  change: { set: Prisma.InputJsonObject; removed: string[] },
): Promise<void> {
  await unscoped.$executeRaw`
    update sessions set data = (data - ${change.removed}::text[]) || ${JSON.stringify(change.set)}::jsonb
     where id_hash = ${idHash} and revoked_at is null`;
}

/**
 * Finds the user of a session.
 *
 * @returns null if there is no such session, or it is no longer valid
 */
export async function findSessionUser(
  tx: Transaction,
  sessionId: string,
  limits: SessionLimits,
): Promise<string | null> {
  const [row] = await tx.$queryRaw<{ userId: string }[]>`
    select user_id as "userId"
      from authenticate_session(${hashToken(sessionId)}, ${limits.idleSeconds}, ${limits.absoluteSeconds},
                                null, false, false)`;
  return row?.userId ?? null;
}

/** A task (src/jobs/task.ts): deletes sessions that can never be valid again, a batch at a time. */
export const purgeExpiredSessions = {
  name: "session.purge_expired",
  schedule: "3 * * * *",
  run: (unscoped: PrismaClient, { sessionLimits }: { sessionLimits: SessionLimits }) =>
    unscoped.$executeRaw`
      delete from sessions
       where id_hash in (select id_hash from sessions
                          where created_at < now() - make_interval(secs => ${sessionLimits.absoluteSeconds})
                          limit 100 for update skip locked)`,
};
