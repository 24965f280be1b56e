import { keyOf, noteWords, settleEmail } from "../identity/email-proofs.ts";
import type { HuggingFacePlace } from "../identity/person.ts";
import type { TenantDatabase, Transaction } from "../database/database.ts";
import type { HuggingFaceAccount } from "./account-claims.ts";

/** How old Hugging Face's word about somebody may be to take them in. Milliseconds. */
const freshFor = 24 * 3600 * 1_000;

/** Whether Hugging Face itself has told it, and lately. @param confirmedAt of `HuggingFaceIdentity` */
export function isFresh(confirmedAt: Date | null): boolean {
  return confirmedAt !== null && Date.now() - confirmedAt.getTime() < freshFor;
}

/**
 * Notes what Hugging Face itself has just told of somebody.
 *
 * @returns false where it was about another account than the one linked with theirs: then nothing is noted
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
      await noteWords(tx, userId, [doubt(before.email, "address_changed")]);
    }
    if (email !== null) {
      const ending = emailVerified ? null : "unverified";
      await noteWords(tx, userId, [{ source: "hugging_face", email, ending }]);
    }
    const isSettled = emailVerified && before.disputedEmail === keyOf(email);
    const told = { handle, name, email, emailVerified, organizations: places };
    await noteIdentity(tx, userId, { ...told, ...(isSettled && { disputedEmail: null }) });
    await settleEmail(tx, userId);
    return true;
  });
}

/** Notes that Hugging Face was asked about somebody, and that they did not let it answer: nothing is proven any more. */
export function noteSilence(database: TenantDatabase, userId: string): Promise<void> {
  return database.forUser(userId, async (tx) => {
    const before = await lockIdentity(tx, userId);
    if (!before) return;
    if (before.email !== null) {
      await noteWords(tx, userId, [doubt(before.email, "silent")]);
    }
    await noteIdentity(tx, userId, { emailVerified: false, organizations: [] });
    await settleEmail(tx, userId);
  });
}

/** The user's row first, as a sign-in does (identity/users.ts). */
async function lockIdentity(tx: Transaction, userId: string) {
  await tx.$queryRaw`select from users where id = ${userId}::uuid for no key update`;
  return tx.identity.findUnique({
    where: { userId_provider: { userId, provider: "huggingface" } },
    select: { subject: true, email: true, disputedEmail: true },
  });
}

type Told = {
  handle?: string | null;
  name?: string | null;
  email?: string | null;
  emailVerified: boolean;
  disputedEmail?: null;
  organizations: HuggingFacePlace[];
};

async function noteIdentity(tx: Transaction, userId: string, told: Told): Promise<void> {
  await tx.identity.update({
    where: { userId_provider: { userId, provider: "huggingface" } },
    data: { ...told, confirmedAt: new Date() },
  });
}

const doubt = (email: string, ending: "address_changed" | "silent") => ({
  source: "hugging_face" as const,
  email,
  ending,
});
