import type { PrismaClient } from "../database/generated/client.ts";
import { hashToken } from "../http/token.ts";
import { revokeSession } from "../sessions/revocation.ts";
import { findDisputedAccount } from "../identity/email-proofs.ts";
import { isDisputedByEnterprise } from "../identity/enterprise-statements.ts";
import { disputedAccount, disputedByEnterprise, signInAgain } from "./errors.ts";

/** Schedules the unlinking of an account by which another person may sign in. @returns whether it will be unlinked */
export type UnlinkDisputed = (userId: string) => Promise<boolean>;

/**
 * Checks an account before a browser gets its session. Logto's page "Link with …" lets people sign in to another person's
 * account by an account elsewhere that names the same address, verified or not. So nobody gets a session while such an
 * account is linked. Afterwards the person has to re-authenticate: the other one may still be signed in at Logto. Where an
 * enterprise disputes the address, only Logto's operator can help: Logto has no call to unlink it.
 *
 * @param unlink undefined if we may not change anything at Logto
 * @throws sign_in.disputed_account, sign_in.disputed_by_enterprise, sign_in.again: then the session has ended
 */
export async function requireUndisputed(
  unscoped: PrismaClient,
  signedIn: { userId: string; sessionId: string; returnTo: string },
  unlink: UnlinkDisputed | undefined,
): Promise<void> {
  const { userId, sessionId, returnTo } = signedIn;
  const [account, isByEnterprise] = await unscoped.$transaction(async (tx) => [
    await findDisputedAccount(tx, userId),
    await isDisputedByEnterprise(tx, userId),
  ]);
  if (!account && !isByEnterprise && !(await isTooEarly(unscoped, signedIn))) return;
  await unscoped.$transaction((tx) => revokeSession(tx, sessionId, "refused"));
  if (isByEnterprise) throw disputedByEnterprise();
  if (!account) throw signInAgain(returnTo);
  throw disputedAccount({ isUnlinked: (await unlink?.(userId)) ?? false });
}

/** The margin covers how exactly we know when a person authenticated. */
async function isTooEarly(
  unscoped: PrismaClient,
  { userId, sessionId }: { userId: string; sessionId: string },
): Promise<boolean> {
  const found = await unscoped.$queryRaw<object[]>`
    select from users u
      left join sessions s on s.id_hash = ${hashToken(sessionId)}
     where u.id = ${userId}::uuid and u.sign_in_again_after is not null
       and (s.authenticated_at is null or s.authenticated_at < u.sign_in_again_after + interval '10 seconds')`;
  return found.length > 0;
}
