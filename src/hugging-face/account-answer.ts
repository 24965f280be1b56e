import { recordStatements, settleEmail } from "../identity/email-proofs.ts";
import { keyOf } from "../identity/email-statements.ts";
import type { TenantDatabase, Transaction } from "../database/database.ts";
import type { Prisma } from "../database/generated/client.ts";
import type { HuggingFaceAccount } from "./account-claims.ts";

/** How old an answer about a person may be to make them a member. Milliseconds. */
const freshForMs = 24 * 3600 * 1_000;

/** Whether Hugging Face answered recently. @param confirmedAt when it answered; null if it never did */
export function isFresh(confirmedAt: Date | null): boolean {
  return confirmedAt !== null && Date.now() - confirmedAt.getTime() < freshForMs;
}

/**
 * Stores the answer of Hugging Face about a person.
 *
 * @returns false if it was about another account than the linked one: then nothing is stored
 */
export function noteAccount(
  database: TenantDatabase,
  userId: string,
  { subject, handle, name, email, emailVerified, places }: HuggingFaceAccount,
): Promise<boolean> {
  return database.forUser(userId, async (tx) => {
    const before = await lockIdentity(tx, userId);
    if (before?.subject !== subject) return false;
    if (before.email !== null && keyOf(before.email) !== keyOf(email)) {
      await recordStatements(tx, userId, [doubt(before.email, "address_changed")]);
    }
    if (email !== null) {
      const ending = emailVerified ? null : "unverified";
      await recordStatements(tx, userId, [{ source: "hugging_face", email, ending }]);
    }
    const isSettled = emailVerified && before.disputedEmail === keyOf(email);
    const told = { handle, name, email, emailVerified, organizations: places };
    await noteIdentity(tx, userId, { ...told, ...(isSettled && { disputedEmail: null }) });
    await settleEmail(tx, userId);
    return true;
  });
}

/** Stores that a person did not let Hugging Face answer: it proves nothing about them any more. */
export function noteSilence(database: TenantDatabase, userId: string): Promise<void> {
  return database.forUser(userId, async (tx) => {
    const before = await lockIdentity(tx, userId);
    if (!before) return;
    if (before.email !== null) {
      await recordStatements(tx, userId, [doubt(before.email, "silent")]);
    }
    await noteIdentity(tx, userId, { emailVerified: false, organizations: [] });
    await settleEmail(tx, userId);
  });
}

/** Locks the row of the user first, as a sign-in does (identity/users.ts). */
async function lockIdentity(tx: Transaction, userId: string) {
  await tx.$queryRaw`select from users where id = ${userId}::uuid for no key update`;
  return tx.identity.findUnique({
    where: { userId_provider: { userId, provider: "huggingface" } },
    select: { subject: true, email: true, disputedEmail: true },
  });
}

/** Stores the answer of Hugging Face, and its time. */
const noteIdentity = (tx: Transaction, userId: string, told: Prisma.IdentityUpdateInput) =>
  tx.identity.update({
    where: { userId_provider: { userId, provider: "huggingface" } },
    data: { ...told, confirmedAt: new Date() },
  });

const doubt = (email: string, ending: "address_changed" | "silent") => ({
  source: "hugging_face" as const,
  email,
  ending,
});
