import type { TenantDatabase, Transaction } from "../database/database.ts";
import { httpError } from "../http/errors.ts";
import type { AuditEntry } from "../tenancy/audit-event.ts";
import {
  changed,
  changeMembershipAs,
  type ChangingMember,
  unchanged,
} from "../tenancy/change-as.ts";
import { recordDecision, recordRoleDecision } from "../tenancy/decision.ts";
import { membershipError } from "../tenancy/errors.ts";
import { mailRemoved, mailRoleChanged } from "../tenancy/mail.ts";
import { type Refusal, refuseExclusion, refuseRole, type Role } from "../access/roles.ts";
import { hasAnotherOwner, isPerson } from "./ownership.ts";

type MembershipKey = { organizationId: string; userId: string };

/**
 * Gives a member another role; the actor may be that member.
 *
 * @throws request.not_found, member.role_above_own, member.owner_untouchable, member.last_owner,
 *   member.not_a_person
 */
export function changeRole(
  database: TenantDatabase,
  actor: ChangingMember,
  { userId, role }: { userId: string; role: Role },
): Promise<void> {
  return changeMembershipAs(database, actor, "member:update", async (tx, actorRole) => {
    const key = { organizationId: actor.organization.id, userId };
    const { role: from } = await requireMember(tx, key);
    allow(refuseRole({ userId: actor.user.id, role: actorRole }, { userId, role: from }, role));
    if (from === role) return unchanged;
    if (role === "owner" && !(await isPerson(tx, userId))) {
      throw membershipError("member.not_a_person");
    }
    if (from === "owner") await requireAnotherOwner(tx, key);
    await tx.membership.update({ where: { organizationId_userId: key }, data: { role } });
    await mailRoleChanged(tx, { ...key, actorId: actor.user.id, from, role });
    const details = { from, to: role };
    const closed = await recordRoleDecision(tx, { ...key, deciderId: actor.user.id }, details);
    return changed(describe("role_changed", userId, details), ...closed);
  });
}

/**
 * Ends another person's membership.
 *
 * @throws request.not_found, member.yourself, member.owner_untouchable
 */
export function removeMember(
  database: TenantDatabase,
  actor: ChangingMember,
  { userId }: { userId: string },
): Promise<void> {
  return changeMembershipAs(database, actor, "member:remove", async (tx, actorRole) => {
    const key = { organizationId: actor.organization.id, userId };
    const { role } = await requireMember(tx, key);
    // Only an owner may remove an owner, and that owner stays: there is no need to look for another.
    allow(refuseExclusion({ userId: actor.user.id, role: actorRole }, { userId, role }));
    await tx.membership.delete({ where: { organizationId_userId: key } });
    await mailRemoved(tx, key);
    const closed = await recordDecision(tx, { ...key, deciderId: actor.user.id }, "removed");
    return changed(describe("removed", userId, { role }), ...closed);
  });
}

/** Ends the actor's own membership. @throws member.last_owner */
export function leaveOrganization(database: TenantDatabase, actor: ChangingMember): Promise<void> {
  return changeMembershipAs(database, actor, "organization:leave", async (tx, role) => {
    const userId = actor.user.id;
    const key = { organizationId: actor.organization.id, userId };
    if (role === "owner") await requireAnotherOwner(tx, key);
    await tx.membership.delete({ where: { organizationId_userId: key } });
    const closed = await recordDecision(tx, { ...key, deciderId: userId }, "left");
    return changed(describe("left", userId, { role }), ...closed);
  });
}

/**
 * Suspends another member: they can open nothing, but keep their role and their place in the list.
 *
 * @throws request.not_found, member.yourself, member.owner_untouchable
 */
export const suspendMember = suspensionWith({ isSuspended: true });

/** Ends a member's suspension. @throws request.not_found, member.yourself, member.owner_untouchable */
export const reinstateMember = suspensionWith({ isSuspended: false });

function suspensionWith({ isSuspended }: { isSuspended: boolean }) {
  return (
    database: TenantDatabase,
    actor: ChangingMember,
    { userId }: { userId: string },
  ): Promise<void> =>
    changeMembershipAs(database, actor, "member:suspend", async (tx, actorRole) => {
      const key = { organizationId: actor.organization.id, userId };
      const { role, suspendedAt, suspendedBy } = await requireMember(tx, key);
      allow(refuseExclusion({ userId: actor.user.id, role: actorRole }, { userId, role }));
      // Hugging Face lifts its own suspensions, so an admin may suspend a member whom it has suspended already.
      const isByMember = suspendedAt !== null && suspendedBy !== "hugging_face";
      if (isSuspended ? isByMember : suspendedAt === null) return unchanged;
      const data = isSuspended
        ? { suspendedAt: new Date(), suspendedBy: "member" as const }
        : { suspendedAt: null, suspendedBy: null };
      await tx.membership.update({ where: { organizationId_userId: key }, data });
      const decision = isSuspended ? "suspended" : "reinstated";
      const closed = await recordDecision(tx, { ...key, deciderId: actor.user.id }, decision);
      return changed(describe(decision, userId), ...closed);
    });
}

async function requireMember(tx: Transaction, key: MembershipKey) {
  const member = await tx.membership.findUnique({
    where: { organizationId_userId: key },
    select: { role: true, suspendedAt: true, suspendedBy: true },
  });
  if (!member) throw httpError("request.not_found");
  return member;
}

function allow(refusal: Refusal | null): void {
  if (refusal) throw membershipError(refusal);
}

/** Call it before an owner loses that role. */
async function requireAnotherOwner(tx: Transaction, key: MembershipKey): Promise<void> {
  if (!(await hasAnotherOwner(tx, key))) throw membershipError("member.last_owner");
}

function describe(
  verb: "role_changed" | "removed" | "left" | "suspended" | "reinstated",
  userId: string,
  details: Readonly<Record<string, string>> = {},
): AuditEntry {
  return { action: `member.${verb}`, target: { type: "user", id: userId }, details };
}
