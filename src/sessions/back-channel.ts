import type { PrismaClient } from "../database/generated/client.ts";
import type { Transaction } from "../database/database.ts";
import { hashToken } from "../http/token.ts";
import { revokeSessionsOfUser } from "./revocation.ts";

/** The sessions that the identity provider wants ended: those of its session `sid`, or all of `subject`. */
export type BackChannelLogout = {
  issuer: string;
  subject: string | null;
  sid: string | null;
  /** The logout token's own id. */
  jti: string;
};

/**
 * Ends the sessions, and records the token's id in the same transaction.
 *
 * The record lasts ten minutes by the database's clock. That is longer than any logout token is accepted: until three
 * minutes after its `iat`, which may be five minutes ahead of us (relying-party/logout-token.ts).
 *
 * @returns how many sessions ended; null when this token was obeyed before
 */
export function obeyLogout(unscoped: PrismaClient, logout: BackChannelLogout) {
  return unscoped.$transaction(async (tx) => {
    const isNew = await tx.$executeRaw`
      insert into back_channel_logouts (jti_hash, expires_at)
      values (${hashToken(logout.jti)}, now() + interval '10 minutes')
          on conflict do nothing`;
    return isNew === 0 ? null : endSessions(tx, logout);
  });
}

async function endSessions(tx: Transaction, { issuer, subject, sid }: BackChannelLogout) {
  if (subject === null) {
    return tx.$executeRaw`
      update sessions s set revoked_at = now(), revoke_reason = 'back_channel_logout'
        from users u
       where u.id = s.user_id and u.issuer = ${issuer} and s.idp_sid = ${sid} and s.revoked_at is null`;
  }
  // Every sign-in writes the user's row before its session, so the next statement sees all earlier sessions.
  const [user] = await tx.$queryRaw<{ id: string }[]>`
    select id from users where issuer = ${issuer} and subject = ${subject} for no key update`;
  if (!user) return 0;
  if (sid === null) return revokeSessionsOfUser(tx, user.id, "back_channel_logout");
  return tx.$executeRaw`
    update sessions set revoked_at = now(), revoke_reason = 'back_channel_logout'
     where user_id = ${user.id}::uuid and idp_sid = ${sid} and revoked_at is null`;
}

/** A task (src/jobs/task.ts): deletes logout tokens that nobody accepts any more, a batch at a time. */
export const purgeLogoutTokens = {
  name: "logout_token.purge_expired",
  schedule: "13 * * * *",
  run: (unscoped: PrismaClient) => unscoped.$executeRaw`
    delete from back_channel_logouts
     where jti_hash in (select jti_hash from back_channel_logouts
                         where expires_at < now() limit 100 for update skip locked)`,
};
