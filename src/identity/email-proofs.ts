import type { Transaction } from "../database/database.ts";
import {
  type Ending,
  isProven,
  isSocial,
  keyOf,
  type Statement,
  toStatement,
} from "./email-statements.ts";

/** Records what sources state. Of two statements of one source about one address, the one that vouches counts. */
export async function recordStatements(
  tx: Transaction,
  userId: string,
  statements: readonly Statement[],
): Promise<void> {
  const told = statements.map(({ source, email, ending }) =>
    toStatement(source, email, { isVouchedFor: ending === null, ...(ending && { ending }) }),
  );
  const ordered = told.toSorted((a, b) => Number(a.ending === null) - Number(b.ending === null));
  for (const { email, source, ending } of ordered) {
    if (ending === null) {
      await tx.$executeRaw`
        insert into email_proofs as p (user_id, email, source, proven_at)
        values (${userId}::uuid, ${email}, ${source}::email_source, now())
        on conflict (user_id, email, source) do update
           set proven_at = now(), ended_at = null, ended_by = null where p.ended_at is not null`;
    } else {
      await tx.$executeRaw`
        insert into email_proofs as p (user_id, email, source, ended_at, ended_by)
        values (${userId}::uuid, ${email}, ${source}::email_source, now(), ${ending})
        on conflict (user_id, email, source) do update
           set ended_at = now(), ended_by = ${ending}
         where p.ended_at is null or (p.ended_by = 'disputed') <> (${ending} = 'disputed')`;
    }
  }
}

/** Ends the proofs of an address that is no longer the user's, except for one of a linked account that still has it. */
export async function leaveEmail(tx: Transaction, userId: string, email: string): Promise<void> {
  await tx.$executeRaw`
    update email_proofs p set ended_at = now(), ended_by = ${"address_changed" satisfies Ending}
     where p.user_id = ${userId}::uuid and p.email = ${keyOf(email)} and p.ended_at is null
       and not exists (select from identities i
                        where i.user_id = p.user_id and lower(i.email collate "C") = p.email
                          and p.source = case i.provider when 'huggingface' then 'hugging_face' else 'social' end::email_source)`;
}

/**
 * Logto gives an address to one person at a time. So another user who is known here by it no longer has it. It skips
 * users whose row is locked: the transaction that changes them asks Logto as well.
 */
export async function takeFromOthers(
  tx: Transaction,
  { id, issuer, email }: { id: string; issuer: string; email: string },
): Promise<void> {
  await tx.$executeRaw`
    with others as (
      select o.id from users o
       where o.proven_email = ${keyOf(email)} and o.issuer = ${issuer} and o.id <> ${id}::uuid
         for no key update skip locked),
    ended as (
      update email_proofs p set ended_at = now(), ended_by = ${"moved" satisfies Ending}
        from others o where p.user_id = o.id and p.email = ${keyOf(email)} and p.ended_at is null)
    update users u set email_verified = false, updated_at = now() from others o where u.id = o.id`;
}

/** Makes `users.email_verified` what the proofs say. Call it with the user's row locked. */
export async function settleEmail(tx: Transaction, userId: string): Promise<void> {
  const { email, emailProofs, identities } = await tx.user.findUniqueOrThrow({
    where: { id: userId },
    select: { email: true, emailProofs: true, identities: true },
  });
  const emailVerified = isProven(email, emailProofs, identities);
  await tx.user.updateMany({
    where: { id: userId, emailVerified: !emailVerified },
    data: { emailVerified },
  });
}

/** A linked account by which another person may sign in. */
type DisputedAccount = { provider: string; subject: string; isFounding: boolean };

/**
 * Finds a linked account by which another person may sign in: it named the user's address without vouching for it, and the
 * user was there before it, or is proven to be a person who reads the mail of that address.
 */
export async function findDisputedAccount(
  tx: Transaction,
  userId: string,
): Promise<DisputedAccount | undefined> {
  const user = await tx.user.findUnique({
    where: { id: userId },
    select: { email: true, emailProofs: true, identities: true },
  });
  const own = keyOf(user?.email ?? null);
  if (!user || own === null) return undefined;
  const isOwners = user.emailProofs.some(
    ({ email, source, endedAt }) => email === own && endedAt === null && !isSocial(source),
  );
  const disputed = user.identities.filter(
    ({ disputedEmail, isFounding }) => disputedEmail === own && (!isFounding || isOwners),
  );
  return disputed.find(({ isFounding }) => !isFounding) ?? disputed[0];
}
