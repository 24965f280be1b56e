import type { Transaction } from "../database/database.ts";
import { deletedAccount } from "./errors.ts";
import type { AuthenticatedPerson } from "./openid-claims.ts";

/** Not what Logto says of organizations (ours decide), nor what is about this one sign-in. */
type MirroredPerson = Omit<
  AuthenticatedPerson,
  "organizations" | "organizationRoles" | "authenticationAge" | "sid"
>;

/**
 * Mirrors a person who has just signed in: made at the first sign-in, brought up to date at each
 * later one. Found by issuer and subject and by nothing else: an equal e-mail is no proof of being
 * the same person (OpenID Connect Core 1.0, section 5.7).
 *
 * @returns the user's id
 * @throws sign_in.account_deleted
 */
export async function mirrorUser(tx: Transaction, person: MirroredPerson): Promise<string> {
  const { issuer, subject } = person;
  // Somebody from a social account may have told Logto no name; the account still has a handle.
  const [social] = person.identities;
  const profile = {
    name: person.name ?? person.username ?? social?.name ?? social?.handle ?? null,
    username: person.username,
    email: person.email,
    emailVerified: person.emailVerified,
    avatarUrl: person.picture,
  };
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
