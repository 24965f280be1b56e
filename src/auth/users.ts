import type { Transaction } from "../database/database.ts";
import type { Identity } from "../database/generated/client.ts";
import { hashToken } from "../http/token.ts";
import { deletedAccount, suspendedAccount } from "./errors.ts";
import type { AuthenticatedPerson, PersonProfile } from "./openid-claims.ts";

/** The columns of users that come from the identity provider. @param known as in `vouchesFor` */
export function mirroredColumns(person: PersonProfile, known: readonly KnownIdentity[]) {
  // Somebody from a social account may have told Logto no name; the account still has a handle.
  const [social] = person.identities;
  return {
    name: person.name ?? person.username ?? social?.name ?? social?.handle ?? null,
    username: person.username,
    email: person.email,
    emailVerified: vouchesFor(person, known) ?? person.emailVerified,
    avatarUrl: person.picture,
  };
}

/** A linked account, as it is known here. */
type KnownIdentity = Pick<
  Identity,
  "provider" | "subject" | "email" | "emailVerified" | "confirmedAt"
>;

/**
 * Whether Hugging Face vouches for the account's address. Logto took the address over when the account was linked, and
 * follows neither the address nor whether it is verified; so what Hugging Face itself has told us since decides.
 *
 * @param known the linked accounts as they are known here
 * @returns undefined where the address has nothing to do with Hugging Face, or it has told us nothing yet
 */
function vouchesFor(person: PersonProfile, known: readonly KnownIdentity[]): boolean | undefined {
  const linked = person.identities.find(({ target }) => target === "huggingface");
  const confirmed = linked && known.find((each) => isConfirmed(each, linked));
  if (!confirmed || person.email === null) return undefined;
  const isOf = ({ email }: { email: string | null }) =>
    email?.toLowerCase() === person.email?.toLowerCase();
  if (!isOf(linked) && !isOf(confirmed)) return undefined;
  return isOf(confirmed) && confirmed.emailVerified;
}

function isConfirmed(known: KnownIdentity, linked: PersonProfile["identities"][number]): boolean {
  const { provider, subject, confirmedAt } = known;
  return provider === linked.target && subject === linked.subject && confirmedAt !== null;
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
  const { emailVerified, ...mirrored } = mirroredColumns(person, []);
  const profile = { ...mirrored, ...(singleSignOn && { singleSignOn }) };
  // Locks the row before the linked accounts are read: Hugging Face may be telling about one just now.
  const { id, deletedAt } = await tx.user.upsert({
    where: { issuer_subject: { issuer, subject } },
    create: { issuer, subject, emailVerified, ...profile },
    update: profile,
    select: { id: true, deletedAt: true },
  });
  // Rolls back what has just been written, and with it everything of this sign-in.
  if (deletedAt) throw deletedAccount();

  const known = await tx.identity.findMany({ where: { userId: id } });
  const present = mirroredColumns(person, known);
  await tx.user.updateMany({
    where: { id, emailVerified: !present.emailVerified },
    data: { emailVerified: present.emailVerified },
  });

  const providers = person.identities.map((identity) => identity.target);
  await tx.identity.deleteMany({ where: { userId: id, provider: { notIn: providers } } });
  for (const identity of person.identities) {
    // What Logto noted when the account was linked says nothing against what the provider has told us since.
    if (known.some((each) => isConfirmed(each, identity))) continue;
    const linked = {
      subject: identity.subject,
      handle: identity.handle,
      name: identity.name,
      email: identity.email,
      emailVerified: identity.emailVerified,
      avatarUrl: identity.avatar,
      organizations: identity.places,
      confirmedAt: null,
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
