import type { Transaction } from "../database/database.ts";
import type { Read } from "../http/route.ts";
import type { SessionLimits } from "./sessions.ts";

/** One of a person's signed-in browsers, as the page of sessions shows it. */
export type OwnSession = {
  publicId: string;
  userAgent: string | null;
  /** The address that it signed in from. */
  ip: string | null;
  createdAt: Date;
  /** To the minute. */
  lastSeenAt: Date;
  /** Whether it is the session of this request. */
  isCurrent: boolean;
};

/** A session, and whose it is. */
type Owned = { userId: string; idHash: Uint8Array };

type SessionRow = Omit<OwnSession, "isCurrent"> & { idHash: Buffer };

/**
 * Reads the sessions of the present person that are still valid (by the rule of `authenticate_session` in the migrations), newest
 * use first; `markCurrent` tells which one asks.
 */
export const readOwnSessions = (limits: SessionLimits): Read<SessionRow> => ({
  name: "list-own-sessions",
  text: `
    select s.public_id as "publicId", s.user_agent as "userAgent", host(s.ip) as ip,
           s.created_at as "createdAt", s.last_seen_at as "lastSeenAt", s.id_hash as "idHash"
      from sessions s join users u on u.id = s.user_id
     where s.user_id = current_user_id()
       and s.revoked_at is null
       and s.last_seen_at > now() - make_interval(secs => $1::double precision)
       and s.created_at > now() - make_interval(secs => $2::double precision)
       and (u.sessions_valid_after is null or s.created_at > u.sessions_valid_after)
     order by s.last_seen_at desc, s.created_at desc`,
  values: [limits.idleSeconds, limits.absoluteSeconds],
});

/** Marks the session of this request, and puts it first. */
export function markCurrent(
  rows: readonly SessionRow[],
  { idHash: own }: Pick<Owned, "idHash">,
): OwnSession[] {
  return rows
    .map(({ idHash, ...session }) => ({ ...session, isCurrent: idHash.equals(own) }))
    .toSorted((one, other) => Number(other.isCurrent) - Number(one.isCurrent));
}

/**
 * Ends one session of a person at once; a session that had ended stays as it was.
 *
 * @returns whether it is theirs
 */
export async function revokeOwnSession(
  tx: Transaction,
  { userId, publicId }: { userId: string; publicId: string },
): Promise<boolean> {
  const count = await tx.$executeRaw`
    update sessions set revoked_at = coalesce(revoked_at, now()),
                        revoke_reason = coalesce(revoke_reason, 'ended_by_user')
     where user_id = ${userId}::uuid and public_id = ${publicId}::uuid`;
  return count > 0;
}

/** Ends all sessions of a person at once except this one; also one whose sign-in is being written right now. */
export async function revokeOtherSessions(tx: Transaction, { userId, idHash }: Owned) {
  // Every sign-in writes the user's row before its session, so the next statement sees all earlier sessions.
  await tx.$queryRaw`select 1 as held from users where id = ${userId}::uuid for no key update`;
  await tx.$executeRaw`
    update sessions set revoked_at = now(), revoke_reason = 'ended_by_user'
     where user_id = ${userId}::uuid and id_hash <> ${idHash} and revoked_at is null`;
}
