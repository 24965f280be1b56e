import { isOwnPicture } from "../access/picture-path.ts";
import type { Transaction } from "../database/database.ts";
import { hashToken } from "../http/token.ts";
import { leaveEmail, recordStatements, settleEmail, takeFromOthers } from "./email-proofs.ts";
import {
  findDispute,
  isConfirmed,
  keyOf,
  listStatements,
  type StoredIdentity,
  type StoredUser,
} from "./email-statements.ts";
import { deletedAccount, suspendedAccount } from "./errors.ts";
import type { EnterpriseProfile, PersonProfile } from "./profile.ts";

/**
 * The columns of users that come from the identity provider, except for those that proofs decide. A picture that was uploaded
 * here stays.
 */
export function mirroredColumns(person: PersonProfile) {
  // Logto may know no name of a person with a social account; the account still has a handle.
  const [social] = person.identities;
  return {
    name: person.name ?? person.username ?? social?.name ?? social?.handle ?? null,
    username: person.username,
    email: person.email,
    avatarUrl: person.picture,
  };
}

/**
 * Mirrors a person as the identity provider has just described them: it creates the user at the first sign-in, and updates
 * them at each later one, and whenever we hear of a change. It finds the user by issuer and subject alone: an equal email
 * does not prove that two people are the same (OpenID Connect Core 1.0, section 5.7).
 *
 * @param person.singleSignOn left out, what is stored stays
 * @returns the user's id
 * @throws sign_in.account_deleted
 */
export async function mirrorUser(tx: Transaction, person: EnterpriseProfile): Promise<string> {
  const { issuer, subject, singleSignOn } = person;
  // The row is locked before the rest is read: an answer of Hugging Face may be changing them just now.
  const [present] = await tx.$queryRaw<
    { email: string | null; avatarUrl: string | null; hasEnterprise: boolean }[]
  >`
    select email, avatar_url as "avatarUrl", coalesce(jsonb_array_length(single_sign_on), 0) > 0 as "hasEnterprise"
      from users where issuer = ${issuer} and subject = ${subject} for no key update`;
  const profile = { ...mirroredColumns(person), ...(singleSignOn && { singleSignOn }) };
  const { avatarUrl: _elsewhere, ...withoutPicture } = profile;
  const { id, deletedAt } = await tx.user.upsert({
    where: { issuer_subject: { issuer, subject } },
    create: { issuer, subject, ...profile },
    update: isOwnPicture(present?.avatarUrl ?? null) ? withoutPicture : profile,
    select: { id: true, deletedAt: true },
  });
  // Rolls back the upsert, and with it the whole sign-in.
  if (deletedAt) throw deletedAccount();

  const before = {
    isNew: !present,
    email: present?.email ?? null,
    hasEnterprise: present?.hasEnterprise ?? false,
    identities: await tx.identity.findMany({ where: { userId: id } }),
    proofs: await tx.emailProof.findMany({ where: { userId: id } }),
  };
  await recordStatements(tx, id, listStatements(person, before));
  await mirrorIdentities(tx, id, person, before);
  if (before.email !== null && keyOf(before.email) !== keyOf(person.email)) {
    await leaveEmail(tx, id, before.email);
  }
  await settleEmail(tx, id);
  if (person.email !== null) await takeFromOthers(tx, { id, issuer, email: person.email });
  return id;
}

async function mirrorIdentities(
  tx: Transaction,
  userId: string,
  person: PersonProfile,
  { isNew, identities }: StoredUser,
): Promise<void> {
  const disputes = identities.filter(
    ({ isFounding, disputedEmail }) => disputedEmail !== null && !isFounding,
  );
  const isStill = ({ provider, subject }: StoredIdentity) =>
    person.identities.some((each) => each.target === provider && each.subject === subject);
  // The person who signed in by it may still be signed in at Logto.
  if (!disputes.every(isStill)) {
    await tx.$executeRaw`update users set sign_in_again_after = now() where id = ${userId}::uuid`;
  }
  const providers = person.identities.map((identity) => identity.target);
  await tx.identity.deleteMany({ where: { userId, provider: { notIn: providers } } });
  for (const identity of person.identities) {
    const stored = identities.find(({ provider }) => provider === identity.target);
    // The provider's newer answer counts for more than the note that Logto made when the account was linked.
    if (stored && isConfirmed(stored, identity)) continue;
    const linked = {
      subject: identity.subject,
      handle: identity.handle,
      name: identity.name,
      email: identity.email,
      emailVerified: identity.emailVerified,
      avatarUrl: identity.avatar,
      organizations: identity.places,
      confirmedAt: null,
      isFounding: isNew || (stored?.subject === identity.subject && stored.isFounding),
      disputedEmail: findDispute(person, identity, stored),
    };
    if (stored?.subject !== identity.subject)
      await takeAccountFromOthers(tx, userId, person, identity);
    await tx.identity.upsert({
      where: { userId_provider: { userId, provider: identity.target } },
      create: { userId, provider: identity.target, ...linked },
      update: linked,
    });
  }
}

/**
 * Logto links an account elsewhere with one person at a time. So another user who is known here by it no longer has it. It
 * skips locked users, as `takeFromOthers` does; an account that disputes an address stays until Logto reports that user.
 */
async function takeAccountFromOthers(
  tx: Transaction,
  userId: string,
  { issuer }: PersonProfile,
  { target, subject }: PersonProfile["identities"][number],
): Promise<void> {
  await tx.$executeRaw`
    with others as (
      select o.id from users o join identities i on i.user_id = o.id
       where i.provider = ${target} and i.subject = ${subject} and i.disputed_email is null
         and o.issuer = ${issuer} and o.id <> ${userId}::uuid
         for no key update of o skip locked),
    gone as (
      delete from identities i using others o where i.user_id = o.id and i.provider = ${target})
    update users u set updated_at = now() from others o where u.id = o.id`;
}

/**
 * Ends a suspension that was noted before the sign-in began: Logto gives a suspended person no code, so it is over. A
 * suspension that was noted since still holds. The code may be older: Logto ends sessions and tokens of a suspended person,
 * not codes.
 *
 * @throws sign_in.account_suspended
 */
export async function endSuspension(
  tx: Transaction,
  { userId, state }: { userId: string; state: string },
): Promise<void> {
  const [suspension] = await tx.$queryRaw<{ isOver: boolean }[]>`
    select u.suspended_at < t.created_at as "isOver"
      from users u cross join sign_in_transactions t
     where u.id = ${userId}::uuid and u.suspended_at is not null and t.state_hash = ${hashToken(state)}`;
  if (!suspension) return;
  // Rolls back the whole sign-in.
  if (!suspension.isOver) throw suspendedAccount();
  await tx.user.update({ where: { id: userId }, data: { suspendedAt: null } });
}
