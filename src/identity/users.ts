import type { Transaction } from "../database/database.ts";
import { hashToken } from "../http/token.ts";
import {
  findDispute,
  isConfirmed,
  keyOf,
  type KnownBefore,
  type KnownIdentity,
  leaveEmail,
  listWords,
  noteWords,
  settleEmail,
  takeFromOthers,
  type TellingProfile,
} from "./email-proofs.ts";
import { deletedAccount, suspendedAccount } from "./errors.ts";
import type { PersonProfile } from "./profile.ts";

/** The columns of users that come from the identity provider, but for what proofs decide. */
export function mirroredColumns(person: PersonProfile) {
  // Somebody from a social account may have told Logto no name; the account still has a handle.
  const [social] = person.identities;
  return {
    name: person.name ?? person.username ?? social?.name ?? social?.handle ?? null,
    username: person.username,
    email: person.email,
    avatarUrl: person.picture,
  };
}

/**
 * Mirrors a person as the identity provider has just told of them: made at the first sign-in, brought up to date at
 * each later one, and in between when it is heard that something has changed. Found by issuer and subject and by nothing else: an equal e-mail is no proof of being
 * the same person (OpenID Connect Core 1.0, section 5.7).
 *
 * @param person.singleSignOn only a sign-in tells it; otherwise what is known of it stays
 * @returns the user's id
 * @throws sign_in.account_deleted
 */
export async function mirrorUser(tx: Transaction, person: TellingProfile): Promise<string> {
  const { issuer, subject, singleSignOn } = person;
  // Locks the row before anything else of theirs is read: Hugging Face may be telling of them just now.
  const [present] = await tx.$queryRaw<{ email: string | null; hasEnterprise: boolean }[]>`
    select email, coalesce(jsonb_array_length(single_sign_on), 0) > 0 as "hasEnterprise"
      from users where issuer = ${issuer} and subject = ${subject} for no key update`;
  const profile = { ...mirroredColumns(person), ...(singleSignOn && { singleSignOn }) };
  const { id, deletedAt } = await tx.user.upsert({
    where: { issuer_subject: { issuer, subject } },
    create: { issuer, subject, ...profile },
    update: profile,
    select: { id: true, deletedAt: true },
  });
  // Rolls back what has just been written, and with it everything of this sign-in.
  if (deletedAt) throw deletedAccount();

  const before = {
    isNew: !present,
    email: present?.email ?? null,
    hasEnterprise: present?.hasEnterprise ?? false,
    identities: await tx.identity.findMany({ where: { userId: id } }),
    proofs: await tx.emailProof.findMany({ where: { userId: id } }),
  };
  await noteWords(tx, id, listWords(person, before));
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
  { isNew, identities }: KnownBefore,
): Promise<void> {
  const disputes = identities.filter(
    ({ isFounding, disputedEmail }) => disputedEmail !== null && !isFounding,
  );
  const isStill = ({ provider, subject }: KnownIdentity) =>
    person.identities.some((each) => each.target === provider && each.subject === subject);
  // Whoever came in by it may still be signed in at Logto.
  if (!disputes.every(isStill)) {
    await tx.$executeRaw`update users set sign_in_again_after = now() where id = ${userId}::uuid`;
  }
  const providers = person.identities.map((identity) => identity.target);
  await tx.identity.deleteMany({ where: { userId, provider: { notIn: providers } } });
  for (const identity of person.identities) {
    const known = identities.find(({ provider }) => provider === identity.target);
    // What Logto noted when the account was linked says nothing against what the provider has told us since.
    if (known && isConfirmed(known, identity)) continue;
    const linked = {
      subject: identity.subject,
      handle: identity.handle,
      name: identity.name,
      email: identity.email,
      emailVerified: identity.emailVerified,
      avatarUrl: identity.avatar,
      organizations: identity.places,
      confirmedAt: null,
      isFounding: isNew || (known?.subject === identity.subject && known.isFounding),
      disputedEmail: findDispute(person, identity, known),
    };
    if (known?.subject !== identity.subject)
      await takeAccountFromOthers(tx, userId, person, identity);
    await tx.identity.upsert({
      where: { userId_provider: { userId, provider: identity.target } },
      create: { userId, provider: identity.target, ...linked },
      update: linked,
    });
  }
}

/**
 * Logto links an account elsewhere with one person at a time. So somebody else who is known here by it has it no longer: it is
 * no way in for two. Nobody waits for them, as in `takeFromOthers`; one that disputes an address stays until Logto tells of them.
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
 * What a finished sign-in says of a suspension: Logto gives a suspended person no code. So a suspension that was noted
 * before the sign-in began is over. One that was noted since is news, however late the code comes: it may be from before,
 * and Logto ends sessions and tokens of a suspended person, not codes.
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
  // Rolls back all of this sign-in.
  if (!suspension.isOver) throw suspendedAccount();
  await tx.user.update({ where: { id: userId }, data: { suspendedAt: null } });
}
