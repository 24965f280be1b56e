import type { Transaction } from "../database/database.ts";
import { hashToken } from "../http/token.ts";

/** Why a session was ended; kept in its row. */
export type RevokeReason =
  | "signed_out"
  | "replaced"
  /** The person ended it from the page of sessions. */
  | "ended_by_user"
  /** The identity provider says so (OpenID Connect Back-Channel Logout 1.0). */
  | "back_channel_logout"
  /** It was given to no browser: another person may have signed in (auth/disputed-account.ts). */
  | "refused"
  /** The person was suspended or deleted at the identity provider. */
  | "suspended";

/** Ends a session at once, on every instance: each request reads this row. */
export async function revokeSession(
  tx: Transaction,
  sessionId: string,
  reason: RevokeReason,
): Promise<void> {
  await tx.$executeRaw`
    update sessions set revoked_at = now(), revoke_reason = ${reason}
     where id_hash = ${hashToken(sessionId)} and revoked_at is null`;
}

/**
 * Ends all sessions of a person at once, on every instance, and also those whose sign-in is under way: it waits for the
 * user's row, which every sign-in writes.
 *
 * @returns how many sessions it ended
 */
export async function revokeSessionsOfUser(
  tx: Transaction,
  userId: string,
  reason: RevokeReason,
): Promise<number> {
  return tx.$executeRaw`
    with person as (
      update users set sessions_valid_after = clock_timestamp() where id = ${userId}::uuid returning id)
    update sessions set revoked_at = now(), revoke_reason = ${reason}
     where user_id = (select id from person) and revoked_at is null`;
}
