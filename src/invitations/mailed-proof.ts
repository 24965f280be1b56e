import type { TenantDatabase, Transaction } from "../database/database.ts";
import { recordStatements, settleEmail } from "../identity/email-proofs.ts";
import { keyOf } from "../identity/email-statements.ts";
import type { findByToken } from "./invitation.ts";

type Found = Awaited<ReturnType<typeof findByToken>>;

/**
 * Whether a link proves that the person reads the mail of their own address: we mailed it there, and showed it nowhere
 * else. Only the address that Logto has of them counts, and only if no linked account claims it.
 *
 * @param prove runs in the transaction that found this out
 */
export async function isMailedTo(
  database: TenantDatabase,
  { id }: { id: string },
  { organizationId, id: invitationId, isMailed }: Found,
  prove?: (tx: Transaction, email: string) => Promise<void>,
): Promise<boolean> {
  if (!isMailed) return false;
  const invitation = await database.forOrganization(organizationId, (tx) =>
    tx.invitation.findUnique({
      where: { organizationId_id: { organizationId, id: invitationId } },
      select: { email: true },
    }),
  );
  const email = invitation?.email;
  if (!email) return false;
  return database.forUser(id, async (tx) => {
    // Locks the row of the user first, as a sign-in does.
    await tx.$queryRaw`select from users where id = ${id}::uuid for no key update`;
    const own = await tx.user.findUniqueOrThrow({
      where: { id },
      select: { email: true, identities: { select: { disputedEmail: true } } },
    });
    const isOwn =
      keyOf(own.email) === email &&
      own.identities.every(({ disputedEmail }) => disputedEmail !== email);
    if (isOwn) await prove?.(tx, email);
    return isOwn;
  });
}

/** Stores that proof, if the link is one. */
export async function noteMailedLink(
  database: TenantDatabase,
  user: { id: string },
  found: Found,
): Promise<void> {
  await isMailedTo(database, user, found, async (tx, email) => {
    await recordStatements(tx, user.id, [{ source: "mail", email, ending: null }]);
    await settleEmail(tx, user.id);
  });
}
