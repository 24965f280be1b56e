import type { Transaction } from "../database/database.ts";
import { hashToken } from "../http/token.ts";

/** Why a session was ended; kept with it, for whoever asks later. */
export type RevokeReason =
  | "signed_out"
  | "replaced"
  /** From the page of sessions, one or several. */
  | "ended_by_user"
  /** The identity provider says so (OpenID Connect Back-Channel Logout 1.0). */
  | "back_channel_logout"
  /** Nobody got it: somebody else may have signed in (auth/entry.ts). */
  | "refused"
  /** The person is suspended at the identity provider, or no longer there. */
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
 * Ends all sessions of a person at once, on every instance, and also those whose sign-in is under way: it
 * counts from when the user's row, which every sign-in writes, can be had.
 *
 * @returns how many sessions there were
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
