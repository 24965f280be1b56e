import type { PrismaClient } from "../database/generated/client.ts";
import { revokeSession } from "../sessions/revocation.ts";
import { createSession, findSessionUser, type SessionLimits } from "../sessions/sessions.ts";
import type { AuthenticatedPerson, EnterpriseProfile } from "../identity/profile.ts";
import { anotherPerson, unprovenPerson } from "./reauthentication.ts";
import { type ClaimedTransaction, completeTransaction } from "./sign-in-transactions.ts";
import { endSuspension, mirrorUser } from "../identity/users.ts";

type FinishedSignIn = {
  state: string;
  transaction: ClaimedTransaction;
  person: AuthenticatedPerson & Pick<EnterpriseProfile, "enterprises">;
  /** The id of the session that the browser had so far, if any. */
  replaced: string | undefined;
  limits: SessionLimits;
  client: { ip: string; userAgent: string };
};

/**
 * Makes all changes of a sign-in in one transaction.
 *
 * @returns the new session's id, its user, and whether it continues the session that this browser had
 * @throws sign_in.account_deleted, sign_in.account_suspended, auth.reauthentication_unproven,
 *   auth.reauthentication_other_person, auth.reauthentication_signed_out: then nothing has changed
 */
export function startSession(
  unscoped: PrismaClient,
  { state, transaction, person, replaced, limits, client }: FinishedSignIn,
): Promise<{ sessionId: string; userId: string; isContinued: boolean }> {
  const { isReauthentication, expectedUserId, returnTo } = transaction;
  if (isReauthentication && !isProof(person, transaction)) throw unprovenPerson(returnTo);
  return unscoped.$transaction(async (tx) => {
    const userId = await mirrorUser(tx, person);
    await endSuspension(tx, { userId, state });
    const confirmed = isReauthentication ? replaced : undefined;
    const present = confirmed === undefined ? null : await findSessionUser(tx, confirmed, limits);
    if (isReauthentication) {
      // It has to be the user who began it, though their session may have ended since: when another person signs in, the
      // provider ends the first one's session before the browser is back. And the user whom another tab has signed in since.
      const isOther = [expectedUserId, present].some((each) => each !== null && each !== userId);
      if (isOther) throw anotherPerson(returnTo, { isSignedIn: present !== null });
    }
    if (replaced !== undefined) await revokeSession(tx, replaced, "replaced");
    const continues = present === null ? undefined : replaced;
    const { sid: idpSid, authenticationAge } = person;
    const session = { userId, idpSid, authenticationAge, continues, ...client };
    const { id, idHash } = await createSession(tx, session);
    await completeTransaction(tx, state, idHash);
    return { sessionId: id, userId, isContinued: present !== null };
  });
}

/**
 * Whether the person authenticated after this sign-in was started, and not before. Both times are compared as ages, each
 * by one clock alone, so it does not matter how much the provider's clock and ours differ. Ten seconds may pass between
 * claiming the sign-in and the ID token, rounding included.
 */
function isProof({ authenticationAge }: AuthenticatedPerson, { age }: ClaimedTransaction): boolean {
  return authenticationAge !== null && authenticationAge <= age + 10;
}
