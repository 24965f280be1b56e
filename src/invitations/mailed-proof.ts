import type { TenantDatabase, Transaction } from "../database/database.ts";
import { recordStatements, settleEmail } from "../identity/email-proofs.ts";
import { keyOf } from "../identity/email-statements.ts";
import type { findByToken } from "./invitation.ts";

type Found = Awaited<ReturnType<typeof findByToken>>;

/**
 * Whether a link proves that the person reads the mail of their own address: we mailed it there, and showed it nowhere
 * else. Only the address that Logto has of them counts, and only if no linked account claims it.
 */
export async function isMailedTo(
  database: TenantDatabase,
  user: { id: string },
  found: Found,
): Promise<boolean> {
  const email = await readMailedAddress(database, found);
  return email !== null && database.forUser(user.id, (tx) => isOwn(tx, user, email));
}

/** Stores that proof, if the link is one. */
export async function noteMailedLink(
  database: TenantDatabase,
  user: { id: string },
  found: Found,
): Promise<void> {
  const email = await readMailedAddress(database, found);
  if (email === null) return;
  await database.forUser(user.id, async (tx) => {
    if (!(await isOwn(tx, user, email))) return;
    await recordStatements(tx, user.id, [{ source: "mail", email, ending: null }]);
    await settleEmail(tx, user.id);
  });
}

/** Locks the row of the user first, as a sign-in does. */
async function isOwn(tx: Transaction, { id }: { id: string }, email: string): Promise<boolean> {
  await tx.$queryRaw`select from users where id = ${id}::uuid for no key update`;
  const own = await tx.user.findUniqueOrThrow({
    where: { id },
    select: { email: true, identities: { select: { disputedEmail: true } } },
  });
  return (
    keyOf(own.email) === email &&
    own.identities.every(({ disputedEmail }) => disputedEmail !== email)
  );
}

async function readMailedAddress(
  database: TenantDatabase,
  { organizationId, id, isMailed }: Found,
): Promise<string | null> {
  if (!isMailed) return null;
  const invitation = await database.forOrganization(organizationId, (tx) =>
    tx.invitation.findUnique({
      where: { organizationId_id: { organizationId, id } },
      select: { email: true },
    }),
  );
  return invitation?.email ?? null;
}
