import { recordStatements, settleEmail } from "../identity/email-proofs.ts";
import { keyOf } from "../identity/email-statements.ts";
import type { TenantDatabase, Transaction } from "../database/database.ts";
import { hashToken } from "../http/token.ts";

/**
 * Whether a link shows that somebody reads the mail of their own address: it was in a mail to that, and nowhere else. Only an
 * address that Logto has of them, and that no linked account claims.
 */
export async function isMailedTo(
  database: TenantDatabase,
  user: { id: string },
  token: string,
): Promise<boolean> {
  const email = await findMailedAddress(database, token);
  if (email === null) return false;
  return database.forUser(user.id, async (tx) => isOwn(await lockUser(tx, user), email));
}

/** Notes that proof. */
export async function noteMailedLink(
  database: TenantDatabase,
  user: { id: string },
  token: string,
): Promise<void> {
  const email = await findMailedAddress(database, token);
  if (email === null) return;
  await database.forUser(user.id, async (tx) => {
    if (!isOwn(await lockUser(tx, user), email)) return;
    await recordStatements(tx, user.id, [{ source: "mail", email, ending: null }]);
    await settleEmail(tx, user.id);
  });
}

type Own = { email: string | null; identities: { disputedEmail: string | null }[] };

function isOwn({ email: own, identities }: Own, email: string): boolean {
  return keyOf(own) === email && identities.every(({ disputedEmail }) => disputedEmail !== email);
}

/** The user's row first, as a sign-in does. */
async function lockUser(tx: Transaction, { id }: { id: string }): Promise<Own> {
  await tx.$queryRaw`select from users where id = ${id}::uuid for no key update`;
  return tx.user.findUniqueOrThrow({
    where: { id },
    select: { email: true, identities: { select: { disputedEmail: true } } },
  });
}

/** Where a link was mailed to; null: it was shown to somebody, or was for no address. */
async function findMailedAddress(database: TenantDatabase, token: string): Promise<string | null> {
  const tokenHash = hashToken(token);
  const found = await database.forTokenHolder(tokenHash, (tx) =>
    tx.invitationToken.findUnique({
      where: { tokenHash, isMailed: true },
      select: { organizationId: true, invitationId: true },
    }),
  );
  if (!found) return null;
  const { organizationId, invitationId: id } = found;
  const invitation = await database.forOrganization(organizationId, (tx) =>
    tx.invitation.findUnique({
      where: { organizationId_id: { organizationId, id } },
      select: { email: true },
    }),
  );
  return invitation?.email ?? null;
}
