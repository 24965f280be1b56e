import type { Transaction } from "../database/database.ts";
import { hashToken } from "../http/token.ts";
import { deletedAccount, suspendedAccount } from "./errors.ts";
import type { AuthenticatedPerson, PersonProfile } from "./openid-claims.ts";

/** The columns of users that come from the identity provider. */
export function mirroredColumns(person: PersonProfile) {
  // Somebody from a social account may have told Logto no name; the account still has a handle.
  const [social] = person.identities;
  return {
    name: person.name ?? person.username ?? social?.name ?? social?.handle ?? null,
    username: person.username,
    email: person.email,
    emailVerified: person.emailVerified,
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
export async function mirrorUser(
  tx: Transaction,
  person: PersonProfile & Partial<Pick<AuthenticatedPerson, "singleSignOn">>,
): Promise<string> {
  const { issuer, subject, singleSignOn } = person;
  const profile = { ...mirroredColumns(person), ...(singleSignOn && { singleSignOn }) };
  const { id, deletedAt } = await tx.user.upsert({
    where: { issuer_subject: { issuer, subject } },
    create: { issuer, subject, ...profile },
    update: profile,
    select: { id: true, deletedAt: true },
  });
  // Rolls back what has just been written, and with it everything of this sign-in.
  if (deletedAt) throw deletedAccount();

  const providers = person.identities.map((identity) => identity.target);
  await tx.identity.deleteMany({ where: { userId: id, provider: { notIn: providers } } });
  for (const identity of person.identities) {
    const linked = {
      subject: identity.subject,
      handle: identity.handle,
      name: identity.name,
      email: identity.email,
      emailVerified: identity.emailVerified,
      avatarUrl: identity.avatar,
      organizations: identity.places,
    };
    await tx.identity.upsert({
      where: { userId_provider: { userId: id, provider: identity.target } },
      create: { userId: id, provider: identity.target, ...linked },
      update: linked,
    });
  }
  return id;
}

/**
 * What a finished sign-in says of a suspension: Logto gives a suspended person no code and no token. So a suspension that
 * was noted before the code was sent is over; one that was noted since is news.
 *
 * @throws sign_in.account_suspended
 */
export async function endSuspension(
  tx: Transaction,
  { userId, state }: { userId: string; state: string },
): Promise<void> {
  const [suspension] = await tx.$queryRaw<{ isOver: boolean }[]>`
    select u.suspended_at < t.consumed_at as "isOver"
      from users u cross join sign_in_transactions t
     where u.id = ${userId}::uuid and u.suspended_at is not null and t.state_hash = ${hashToken(state)}`;
  if (!suspension) return;
  // Rolls back all of this sign-in.
  if (!suspension.isOver) throw suspendedAccount();
  await tx.user.update({ where: { id: userId }, data: { suspendedAt: null } });
}
