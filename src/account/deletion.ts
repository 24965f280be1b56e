import type { SignedIn } from "../tenancy/actor.ts";
import { type AuditEntry, recordEvent } from "../tenancy/audit-event.ts";
import type { TenantDatabase, Transaction } from "../database/database.ts";
import type { Issue } from "../http/errors.ts";
import { markDecisions, recordDecision, recordDeletion } from "../tenancy/decision.ts";
import { mailRoleChanged } from "../tenancy/mail.ts";
import { hasAnotherOwner, isPerson } from "../memberships/ownership.ts";
import { revokeSessionsOfUser } from "../sessions/revocation.ts";
import { accountError } from "./errors.ts";
import { type Plan, planField } from "./schema.ts";

type Leaver = Pick<SignedIn, "request"> & { user: { id: string } };

/** Adds a job, in the transaction, that deletes the account at the identity provider. */
export type DeleteAtProvider = (tx: Transaction, account: { userId: string }) => Promise<void>;

/**
 * Deletes a person's account in one transaction: they leave every organization, and only a row stays that says that this
 * account was deleted. A job deletes their account at Logto.
 *
 * @param plans for organizations that only they own, by id; they leave an organization that has another owner by then,
 *   whatever its plan is
 * @returns the ids of the organizations that were deleted with it
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
    // The form was sent twice, and the first request did it.
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
          : "Please choose a new owner, or delete it.";
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
 * Deletes the account of a person who was deleted at Logto. Nobody can say what becomes of an organization that only they
 * own: it keeps them, with their name, as an owner who cannot sign in.
 *
 * @returns the ids of organizations that have just lost their last owner who could act
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
        // A deleted organization needs no owner.
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

/** Locks the account: signing in, and joining an organization, wait for it. @returns whether there is an account */
async function lockAccount(tx: Transaction, userId: string): Promise<boolean> {
  const present = await tx.$queryRaw<object[]>`
    select id from users where id = ${userId}::uuid and deleted_at is null for no key update`;
  return present.length > 0;
}

/**
 * Locks a person's organizations. Call it before their account is locked: joining an organization locks in the same order
 * (docs/database.md). An organization that they join in between is entered last.
 */
async function enterAll(
  tx: Transaction,
  userId: string,
  enter: (organizationId: string) => Promise<unknown>,
): Promise<void> {
  for (const organizationId of await listOrganizations(tx, userId)) await enter(organizationId);
}

/** In the order in which they have to be entered. */
async function listOrganizations(tx: Transaction, userId: string): Promise<string[]> {
  const memberships = await tx.membership.findMany({
    where: { userId },
    select: { organizationId: true },
    orderBy: { organizationId: "asc" },
  });
  return memberships.map(({ organizationId }) => organizationId);
}

/** Deletes an organization with everything in it: nobody is left who could restore it. */
async function purge(tx: Transaction, organizationId: string): Promise<void> {
  // A change that is under way holds a lock on its member's row, and needs one on the organization's to finish: it goes
  // first.
  await tx.$queryRaw`
    select user_id from memberships where organization_id = ${organizationId}::uuid for update`;
  await tx.$executeRaw`delete from organizations where id = ${organizationId}::uuid`;
}

/** @returns why it was not done; null if it was */
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
    return "That person is not among its active members. Please choose someone else.";
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
  // An admin has removed them just now, and that is recorded.
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

/** @returns false where that was noted before */
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

/** Erases everything about a person that is marked personal, except the row by which a sign-in recognizes them. */
async function erase(tx: Transaction, userId: string): Promise<void> {
  await markDecisions(tx, userId);
  await tx.identity.deleteMany({ where: { userId } });
  await tx.emailProof.deleteMany({ where: { userId } });
  await tx.session.deleteMany({ where: { userId } });
  await tx.$executeRaw`
    update users
       set name = null, username = null, email = null, email_verified = false, avatar_url = null, single_sign_on = null,
           time_zone = null, last_organization_id = null, deleted_at = now(), updated_at = now()
     where id = ${userId}::uuid`;
  await tx.userPicture.deleteMany({ where: { userId } });
}
