import { setTimeout as wait } from "node:timers/promises";

import type { PrismaClient } from "../database/generated/client.ts";
import type { Transaction } from "../database/database.ts";
import { seal, unseal } from "../http/seal.ts";
import { hashToken } from "../http/token.ts";
import type { Task } from "../jobs/task.ts";

/** How long a person may take at the identity provider. */
const lifetime = "10 minutes";

/** Spent and expired rows stay this much longer, so that a callback opened again leads to its page. */
const retention = "1 hour";

/**
 * `returnTo` is sealed with `state`, of which only the hash is kept: that address may hold the token of an
 * invitation.
 */
const purpose = "returnTo";

/** `returnTo` sealed with the secret of the browser's cookie, for a tab that has lost its `state` at the provider. */
const browserPurpose = "returnTo of this browser";

type SavedTransaction = {
  nonce: string;
  codeVerifier: string;
  returnTo: string;
  /** The person has to re-authenticate. */
  isReauthentication: boolean;
  /** The user who has to re-authenticate; null: any. */
  expectedUserId: string | null;
  /** The social provider that the sign-in goes straight to. */
  socialProvider: string | null;
};

/** `age` is the seconds since it was started. */
export type ClaimedTransaction = SavedTransaction & { age: number };

/** Saves a sign-in that is about to start, under its `state` and bound to its browser. */
export async function saveTransaction(
  unscoped: PrismaClient,
  transaction: SavedTransaction & { state: string; browser: string },
): Promise<void> {
  const { state, browser, nonce, codeVerifier } = transaction;
  const { isReauthentication, expectedUserId, socialProvider } = transaction;
  const returnTo = await seal(transaction.returnTo, state, purpose);
  const browserReturnTo = await seal(transaction.returnTo, browser, browserPurpose);
  await unscoped.$executeRaw`
    insert into sign_in_transactions
      (state_hash, browser_hash, nonce, code_verifier, return_to, browser_return_to, is_reauthentication,
       expected_user_id, social_provider, expires_at)
    values (${hashToken(state)}, ${hashToken(browser)}, ${nonce}, ${codeVerifier}, ${returnTo}, ${browserReturnTo},
            ${isReauthentication}, ${expectedUserId}::uuid, ${socialProvider}, now() + ${lifetime}::interval)`;
}

/**
 * Claims a sign-in for finishing: of any number of callbacks with the same `state`, one gets it, so
 * that a code is never sent twice (RFC 6749, section 4.1.2: that would revoke what it gave).
 *
 * @returns null when it is unknown, another browser's, expired or spent
 */
export async function claimTransaction(
  unscoped: PrismaClient,
  { state, browser }: { state: string; browser: string },
): Promise<ClaimedTransaction | null> {
  const [claimed] = await unscoped.$queryRaw<ClaimedTransaction[]>`
    update sign_in_transactions set consumed_at = now()
     where state_hash = ${hashToken(state)} and browser_hash = ${hashToken(browser)}
       and consumed_at is null and expires_at > now()
    returning nonce, code_verifier as "codeVerifier", return_to as "returnTo",
              is_reauthentication as "isReauthentication", expected_user_id as "expectedUserId",
              social_provider as "socialProvider",
              extract(epoch from now() - created_at)::double precision as age`;
  return claimed ? { ...claimed, returnTo: await openReturnTo(claimed.returnTo, state) } : null;
}

/** Records the session that a sign-in ended in. */
export async function completeTransaction(
  tx: Transaction,
  state: string,
  sessionIdHash: Uint8Array<ArrayBuffer>,
): Promise<void> {
  await tx.signInTransaction.update({
    where: { stateHash: hashToken(state) },
    data: { resultSessionHash: sessionIdHash },
  });
}

/** Ends a claimed sign-in that failed, so that no other callback waits for it. */
export async function abandonTransaction(unscoped: PrismaClient, state: string): Promise<void> {
  await unscoped.$executeRaw`
    update sign_in_transactions set expires_at = now() where state_hash = ${hashToken(state)}`;
}

/**
 * Finds the page for a callback that was opened again (reload, Back, a double click): the same one, once the first
 * callback has got there. Waits up to five seconds for that.
 *
 * @returns null when that sign-in was another browser's, or did not end in a session that still lives
 */
export async function findFinishedTransaction(
  unscoped: PrismaClient,
  { state, browser }: { state: string; browser: string },
): Promise<{ returnTo: string } | null> {
  for (let attempt = 0; attempt < 20; attempt += 1) {
    const [spent] = await unscoped.$queryRaw<
      { returnTo: string; isPending: boolean; isLive: boolean }[]
    >`
      select t.return_to as "returnTo",
             t.result_session_hash is null and t.expires_at > now()
               and t.consumed_at > now() - interval '5 seconds' as "isPending",
             exists (select from sessions s where s.id_hash = t.result_session_hash
                                              and s.revoked_at is null) as "isLive"
        from sign_in_transactions t
       where t.state_hash = ${hashToken(state)} and t.browser_hash = ${hashToken(browser)}
         and t.consumed_at is not null`;
    if (spent?.isLive) return { returnTo: await openReturnTo(spent.returnTo, state) };
    if (!spent?.isPending) return null;
    await wait(250);
  }
  return null;
}

/**
 * Finds the page that a sign-in was to lead to, for a browser that has lost the cookie of its start and so cannot finish
 * it. The `state` shows that it was on the way there.
 *
 * @returns null when it is unknown or purged
 */
export async function findReturnTo(unscoped: PrismaClient, state: string): Promise<string | null> {
  const [started] = await unscoped.$queryRaw<{ returnTo: string }[]>`
    select return_to as "returnTo" from sign_in_transactions where state_hash = ${hashToken(state)}`;
  return started ? openReturnTo(started.returnTo, state) : null;
}

/**
 * Takes the sign-in of a tab that the provider has dropped for that of another tab: of the sign-ins that this browser has
 * begun and not finished, the newest, and the next time the one before.
 *
 * @returns null when there is none
 */
export async function takePending(
  unscoped: PrismaClient,
  browser: string,
): Promise<Pending | null> {
  const [pending] = await unscoped.$queryRaw<Pending[]>`
    with newest as (
      select state_hash, browser_return_to from sign_in_transactions
       where browser_hash = ${hashToken(browser)} and browser_return_to is not null
         and consumed_at is null and expires_at > now()
       order by created_at desc limit 1 for update skip locked)
    update sign_in_transactions t set browser_return_to = null
      from newest where t.state_hash = newest.state_hash
    returning newest.browser_return_to as "returnTo", t.is_reauthentication as "isReauthentication",
              t.expected_user_id as "expectedUserId"`;
  const returnTo = pending && (await unseal(pending.returnTo, browser, browserPurpose));
  return pending && returnTo ? { ...pending, returnTo } : null;
}

type Pending = Pick<SavedTransaction, "returnTo" | "isReauthentication" | "expectedUserId">;

async function openReturnTo(sealed: string, state: string): Promise<string> {
  return (await unseal(sealed, state, purpose)) ?? "/";
}

export const purgeSignInTransactions: Task = {
  name: "sign_in_transaction.purge_expired",
  schedule: "33 * * * *",
  run: (unscoped) => unscoped.$executeRaw`
    delete from sign_in_transactions
     where state_hash in (select state_hash from sign_in_transactions
                           where expires_at < now() - ${retention}::interval
                           limit 100 for update skip locked)`,
};
