import { forgetAccount } from "../../account/deletion.ts";
import { mirrorUser } from "../../identity/users.ts";
import type { Transaction } from "../../database/database.ts";
import { revokeSessionsOfUser } from "../../sessions/revocation.ts";
import type { ManagementApi } from "../client/management-api.ts";
import { readMachine, readUser, type UserAtLogto } from "../client/users.ts";
import type { SyncContext } from "./context.ts";

/** How often a user may change while we ask Logto about them, before the attempt fails. */
const rounds = 10;

/** A user here, before we ask Logto. */
type Known = { id: string; isMachine: boolean; updatedAt: Date; deletedAt: Date | null };

/**
 * Makes a user here equal to the user at Logto now. It stores name, addresses and linked accounts, as a sign-in does;
 * suspends the user and signs them out everywhere; or deletes their account. Its cause and its delay do not matter. It
 * mirrors a user who is not known here yet.
 *
 * @param subject their id at Logto
 * @param options.isMachine a machine-to-machine application
 * @returns their id here; null if the account is deleted here or at Logto
 * @throws LogtoError
 */
export async function pullUser(
  context: SyncContext,
  subject: string,
  { isMachine = false }: { isMachine?: boolean } = {},
): Promise<string | null> {
  const { unscoped } = context.database;
  const key = { issuer: context.logto.issuer, subject };
  for (let round = 0; round < rounds; round += 1) {
    const known: Known | null = await unscoped.user.findUnique({
      where: { issuer_subject: key },
      select: { id: true, isMachine: true, updatedAt: true, deletedAt: true },
    });
    if (known?.deletedAt) return null;
    const write = await readWriter(context.logto, subject, known?.isMachine ?? isMachine);
    if (!write) {
      if (known) await forget(context, known.id);
      return null;
    }
    const id = await unscoped.$transaction(async (tx) => {
      // Another process has written the user meanwhile, and maybe with a newer answer: ask Logto again.
      const [present] = await tx.$queryRaw<{ updatedAt: Date }[]>`
        select updated_at as "updatedAt" from users
         where issuer = ${key.issuer} and subject = ${subject} for no key update`;
      const isAsBefore = present?.updatedAt.getTime() === known?.updatedAt.getTime();
      return isAsBefore ? write(tx) : null;
    });
    if (id !== null) return id;
  }
  throw new Error("A user changes faster than Logto can be asked.");
}

/** Asks Logto. @returns a function that stores the answer; null if Logto has no such user */
async function readWriter(api: ManagementApi, subject: string, isMachine: boolean) {
  if (isMachine) {
    const machine = await readMachine(api, subject);
    return machine && ((tx: Transaction) => mirrorMachine(tx, api.issuer, subject, machine.name));
  }
  const user = await readUser(api, subject);
  return user && ((tx: Transaction) => mirrorPerson(tx, user));
}

async function mirrorPerson(tx: Transaction, person: UserAtLogto): Promise<string> {
  const id = await mirrorUser(tx, person);
  if (person.isSuspended) {
    await tx.$executeRaw`update users set suspended_at = now() where id = ${id}::uuid`;
    await revokeSessionsOfUser(tx, id, "suspended");
  } else {
    await tx.user.updateMany({
      where: { id, suspendedAt: { not: null } },
      data: { suspendedAt: null },
    });
  }
  return id;
}

async function mirrorMachine(
  tx: Transaction,
  issuer: string,
  subject: string,
  name: string | null,
): Promise<string> {
  const { id } = await tx.user.upsert({
    where: { issuer_subject: { issuer, subject } },
    create: { issuer, subject, name, isMachine: true },
    update: { name },
    select: { id: true },
  });
  return id;
}

async function forget({ database, logger }: SyncContext, userId: string): Promise<void> {
  for (const organizationId of await forgetAccount(database, userId)) {
    const fields = { part: "logto", organizationId, userId };
    logger.error(fields, "an organization has no owner any more: its last one is gone at Logto");
  }
}
