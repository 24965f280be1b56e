import type { SignedIn } from "../tenancy/actor.ts";
import { type AuditEntry, recordEvent } from "../tenancy/audit-event.ts";
import type { TenantDatabase, Transaction } from "../database/database.ts";
import type { Issue } from "../http/errors.ts";
import { recordDecision, recordDeletion } from "../tenancy/decision.ts";
import { mailRoleChanged } from "../tenancy/mail.ts";
import { hasAnotherOwner, isPerson } from "../memberships/ownership.ts";
import { revokeSessionsOfUser } from "../sessions/revocation.ts";
import { accountError } from "./errors.ts";
import { type Plan, planField } from "./schema.ts";

type Leaver = Pick<SignedIn, "user" | "request">;

/** Asks, in the transaction, that the identity provider deletes the account after it. */
export type DeleteAtProvider = (tx: Transaction, account: { userId: string }) => Promise<void>;

/**
 * Deletes a person's account: they leave every organization, and nothing about them stays but a row that says
 * that this account was deleted. All of it, or nothing. What they sign in with at Logto goes as well, by a job.
 *
 * @param plans for organizations that only they own, by id; others are left whatever stands here, since
 *   somebody else may have become an owner meanwhile
 * @returns the organizations that were deleted with it, by their ids
 * @throws account.last_owner, with an issue for each organization that would be without an owner
 */
export function deleteAccount(
  database: TenantDatabase,
  actor: Leaver,
  {
    plans,
    deleteAtProvider,
  }: { plans: ReadonlyMap<string, Plan>; deleteAtProvider: DeleteAtProvider | null },
): Promise<string[]> {
  const userId = actor.user.id;
  return database.forUserEverywhere(userId, async (tx, enter) => {
    const purged: string[] = [];
    const issues: Issue[] = [];
    await enterAll(tx, userId, enter);
    // Sent twice: the first one did it.
    if (!(await lockAccount(tx, userId))) return purged;
    for (const organizationId of await listOrganizations(tx, userId)) {
      const membership = await enter(organizationId);
      const key = { organizationId, userId };
      if (membership?.role === "owner" && !(await hasAnotherOwner(tx, key))) {
        const plan = membership.isDeleted ? "delete" : plans.get(organizationId);
        if (plan === "delete") {
          await purge(tx, organizationId);
          purged.push(organizationId);
          continue;
        }
        const problem = plan
          ? await handOver(tx, actor, { organizationId, ...plan })
          : "Please choose who gets it, or that it is deleted.";
        if (problem !== null) {
          issues.push({ field: planField(organizationId), message: problem });
          continue;
        }
      }
      const { request } = actor;
      await leave(tx, { organizationId, userId, actorId: userId, request });
    }
    if (issues.length > 0) throw accountError("account.last_owner", { issues });
    await erase(tx, userId);
    await deleteAtProvider?.(tx, { userId });
    return purged;
  });
}

/**
 * Deletes the account of somebody who is gone at Logto. There is nobody to say what becomes of an organization that only
 * they own: it keeps them, as its owner who cannot sign in, and with them their name.
 *
 * @returns the organizations of which it is news that they have no owner who could act
 */
export function forgetAccount(database: TenantDatabase, userId: string): Promise<string[]> {
  return database.forUserEverywhere(userId, async (tx, enter) => {
    const ownerless: string[] = [];
    let isKept = false;
    await enterAll(tx, userId, enter);
    if (!(await lockAccount(tx, userId))) return ownerless;
    for (const organizationId of await listOrganizations(tx, userId)) {
      const membership = await enter(organizationId);
      const key = { organizationId, userId };
      if (membership?.role === "owner" && !(await hasAnotherOwner(tx, key))) {
        isKept = true;
        // One that waits for its purge needs none.
        if (!membership.isDeleted && (await noteOwnerMissing(tx, key))) {
          ownerless.push(organizationId);
        }
        continue;
      }
      await leave(tx, { ...key, actorId: null, request: null, details: viaLogto });
    }
    if (!isKept) await erase(tx, userId);
    else {
      await tx.$executeRaw`
        update users set suspended_at = now(), updated_at = now() where id = ${userId}::uuid`;
      await revokeSessionsOfUser(tx, userId, "suspended");
    }
    return ownerless;
  });
}

const viaLogto = { via: "logto" } as const;

/** Whoever signs this person in, or takes them into an organization, waits for this. @returns whether there is an account */
async function lockAccount(tx: Transaction, userId: string): Promise<boolean> {
  const present = await tx.$queryRaw<object[]>`
    select id from users where id = ${userId}::uuid and deleted_at is null for no key update`;
  return present.length > 0;
}

/**
 * Keeps a person's organizations locked, and only after that their account: as whoever lets somebody into an organization
 * does (docs/database.md). One that they join in between is entered last.
 */
async function enterAll(
  tx: Transaction,
  userId: string,
  enter: (organizationId: string) => Promise<unknown>,
): Promise<void> {
  for (const organizationId of await listOrganizations(tx, userId)) await enter(organizationId);
}

/** In the order in which they are to be entered. */
async function listOrganizations(tx: Transaction, userId: string): Promise<string[]> {
  const memberships = await tx.membership.findMany({
    where: { userId },
    select: { organizationId: true },
    orderBy: { organizationId: "asc" },
  });
  return memberships.map(({ organizationId }) => organizationId);
}

/** Removes an organization with everything in it: nobody is left who could restore it. */
async function purge(tx: Transaction, organizationId: string): Promise<void> {
  // Changes that are under way there hold a lock on their member's row, and need one on the organization's to
  // finish: they go first.
  await tx.$queryRaw`
    select user_id from memberships where organization_id = ${organizationId}::uuid for update`;
  await tx.$executeRaw`delete from organizations where id = ${organizationId}::uuid`;
}

/** @returns why not; null where it was done */
async function handOver(
  tx: Transaction,
  { user, request }: Leaver,
  { organizationId, successorId }: { organizationId: string; successorId: string },
): Promise<string | null> {
  const key = { organizationId_userId: { organizationId, userId: successorId } };
  const successor = await tx.membership.findUnique({
    where: key,
    select: { role: true, suspendedAt: true },
  });
  if (!successor || successor.suspendedAt || successorId === user.id) {
    return "That person is not among its active members. Please choose somebody else.";
  }
  if (!(await isPerson(tx, successorId))) return "That is an application. Please choose a person.";
  await tx.membership.update({ where: key, data: { role: "owner" } });
  const ofBoth = { organizationId, userId: successorId, actorId: user.id };
  await mailRoleChanged(tx, { ...ofBoth, from: successor.role, role: "owner" });
  const decided = { organizationId, userId: successorId, deciderId: user.id };
  const closed = await recordDecision(tx, decided, "raised");
  const transfer: AuditEntry = {
    action: "organization.ownership_transferred",
    target: { type: "user", id: successorId },
    details: { from: successor.role, to: "owner" },
  };
  for (const entry of [transfer, ...closed]) {
    await recordEvent(tx, { ...entry, organizationId, actorId: user.id, request });
  }
  return null;
}

/** @param leaving.actorId null: it was done at Logto */
async function leave(
  tx: Transaction,
  leaving: Pick<AuditEntry, "details"> & {
    organizationId: string;
    userId: string;
    actorId: string | null;
    request: Leaver["request"] | null;
  },
): Promise<void> {
  const { organizationId, userId, details, ...by } = leaving;
  const key = { organizationId, userId };
  const membership = await tx.membership.findUnique({
    where: { organizationId_userId: key },
    select: { suspendedAt: true },
  });
  // Somebody has removed them just now, and that is recorded.
  if (!membership) return;
  await tx.membership.delete({ where: { organizationId_userId: key } });
  const isSuspended = membership.suspendedAt !== null;
  const closed = await recordDeletion(tx, key, { isSuspended });
  const target = { type: "user", id: userId };
  const deletion: AuditEntry = { action: "account.deleted", target, ...(details && { details }) };
  for (const entry of [deletion, ...closed]) {
    await recordEvent(tx, { ...entry, ...by, organizationId });
  }
}

/** @returns false where that is noted already */
async function noteOwnerMissing(
  tx: Transaction,
  { organizationId, userId }: { organizationId: string; userId: string },
): Promise<boolean> {
  const action = "organization.owner_missing";
  const { count } = await tx.membership.updateMany({
    where: { organizationId, userId, forgottenAt: null },
    data: { forgottenAt: new Date() },
  });
  if (count === 0) return false;
  const target = { type: "user", id: userId };
  const byNobody = { actorId: null, request: null, details: viaLogto };
  await recordEvent(tx, { ...byNobody, organizationId, action, target });
  return true;
}

/** Leaves of a person the row by which they are recognized, and nothing else of what is marked personal. */
async function erase(tx: Transaction, userId: string): Promise<void> {
  await tx.identity.deleteMany({ where: { userId } });
  await tx.emailProof.deleteMany({ where: { userId } });
  await tx.session.deleteMany({ where: { userId } });
  await tx.$executeRaw`
    update users
       set name = null, username = null, email = null, email_verified = false, avatar_url = null, single_sign_on = null,
           last_organization_id = null, deleted_at = now(), updated_at = now()
     where id = ${userId}::uuid`;
}
