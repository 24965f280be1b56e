import type { HuggingFacePlace } from "../auth/person.ts";
import type { TenantDatabase, Transaction } from "../database/database.ts";
import type { HuggingFaceAccount } from "./claims.ts";

/** For so long what Hugging Face has told of somebody is enough for taking them in. Milliseconds. */
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
    const isVouchedFor = (address: string) => emailVerified && isSame(email, address);
    await noteAddress(tx, userId, [before.email, email], isVouchedFor);
    const told = { handle, name, email, emailVerified, organizations: places };
    await noteIdentity(tx, userId, told);
    return true;
  });
}

/** Notes that Hugging Face was asked about somebody, and that they did not let it answer: nothing is proven any more. */
export function noteSilence(database: TenantDatabase, userId: string): Promise<void> {
  return database.forUser(userId, async (tx) => {
    const before = await lockIdentity(tx, userId);
    if (!before) return;
    await noteAddress(tx, userId, [before.email], () => false);
    await noteIdentity(tx, userId, { emailVerified: false, organizations: [] });
  });
}

/** The user's row first, as a sign-in does (auth/users.ts). */
async function lockIdentity(tx: Transaction, userId: string) {
  await tx.$queryRaw`select from users where id = ${userId}::uuid for no key update`;
  return tx.identity.findUnique({
    where: { userId_provider: { userId, provider: "huggingface" } },
    select: { subject: true, email: true },
  });
}

type Told = {
  handle?: string | null;
  name?: string | null;
  email?: string | null;
  emailVerified: boolean;
  organizations: HuggingFacePlace[];
};

async function noteIdentity(tx: Transaction, userId: string, told: Told): Promise<void> {
  await tx.identity.update({
    where: { userId_provider: { userId, provider: "huggingface" } },
    data: { ...told, confirmedAt: new Date() },
  });
}

/** The account's own address, where it came from Hugging Face, is verified as long as Hugging Face says so. */
async function noteAddress(
  tx: Transaction,
  userId: string,
  addresses: (string | null)[],
  isVouchedFor: (address: string) => boolean,
): Promise<void> {
  const { email } = await tx.user.findUniqueOrThrow({
    where: { id: userId },
    select: { email: true },
  });
  if (email === null || !addresses.some((address) => isSame(address, email))) return;
  const emailVerified = isVouchedFor(email);
  await tx.user.updateMany({
    where: { id: userId, emailVerified: !emailVerified },
    data: { emailVerified },
  });
}

function isSame(one: string | null, other: string): boolean {
  return one?.toLowerCase() === other.toLowerCase();
}
