import type { AuditEntry } from "../tenancy/audit-event.ts";
import type { TenantDatabase, Transaction } from "../database/database.ts";
import type { Suspender } from "../database/generated/client.ts";
import { httpError } from "../http/errors.ts";
import { type Change, changeAs, type ChangingMember } from "../tenancy/change-as.ts";
import { decide, decideRole } from "../tenancy/decision.ts";
import { membershipError } from "../tenancy/errors.ts";
import { mailRemoved, mailRoleChanged } from "../tenancy/mail.ts";
import { hasAnotherOwner, isPerson } from "./ownership.ts";
import { type Refusal, refuseExclusion, refuseRole, type Somebody } from "../tenancy/policy.ts";
import type { Permission, Role } from "../access/roles.ts";

/** A member as they are now, and stay until the change is done. */
type PresentMember = Somebody & { suspendedAt: Date | null; suspendedBy: Suspender | null };

type Key = { organizationId: string; userId: string };

/**
 * Gives a member, who may be the actor, another role.
 *
 * @throws request.not_found, member.role_above_own, member.owner_untouchable, member.last_owner,
 *   member.not_a_person
 */
export function changeRole(
  database: TenantDatabase,
  actor: ChangingMember,
  { userId, role }: { userId: string; role: Role },
): Promise<void> {
  return changeMember(database, actor, "member:update", userId, async (tx, key, member, asker) => {
    allow(refuseRole(asker, member, role));
    if (member.role === role) return unchanged;
    if (role === "owner" && !(await isPerson(tx, userId))) {
      throw membershipError("member.not_a_person");
    }
    if (member.role === "owner") await requireAnotherOwner(tx, key);
    await tx.membership.update({ where: { organizationId_userId: key }, data: { role } });
    await mailRoleChanged(tx, { ...key, actorId: asker.userId, from: member.role, role });
    const change = { from: member.role, to: role };
    const closed = await decideRole(tx, { ...key, deciderId: asker.userId }, change);
    return changed("member.role_changed", member, { details: change, closed });
  });
}

/**
 * Ends somebody else's membership.
 *
 * @throws request.not_found, member.yourself, member.owner_untouchable
 */
export function removeMember(
  database: TenantDatabase,
  actor: ChangingMember,
  { userId }: { userId: string },
): Promise<void> {
  return changeMember(database, actor, "member:remove", userId, async (tx, key, member, asker) => {
    // Whoever removes or suspends an owner is another one, and stays: there is nothing more to check.
    allow(refuseExclusion(asker, member));
    await tx.membership.delete({ where: { organizationId_userId: key } });
    await mailRemoved(tx, key);
    const closed = await decide(tx, { ...key, deciderId: asker.userId }, "removed");
    return changed("member.removed", member, { details: { role: member.role }, closed });
  });
}

/** Ends the actor's own membership. @throws member.last_owner */
export function leaveOrganization(database: TenantDatabase, actor: ChangingMember): Promise<void> {
  const { id } = actor.user;
  return changeMember(database, actor, "organization:leave", id, async (tx, key, member) => {
    if (member.role === "owner") await requireAnotherOwner(tx, key);
    await tx.membership.delete({ where: { organizationId_userId: key } });
    const closed = await decide(tx, { ...key, deciderId: id }, "left");
    return changed("member.left", member, { details: { role: member.role }, closed });
  });
}

/**
 * Shuts somebody else out, who stays a member: they keep their role and their place in the list.
 *
 * @throws request.not_found, member.yourself, member.owner_untouchable
 */
export function suspendMember(
  database: TenantDatabase,
  actor: ChangingMember,
  { userId }: { userId: string },
): Promise<void> {
  return setSuspension(database, actor, { userId, isSuspended: true });
}

/** Lets a suspended member in again. @throws request.not_found, member.yourself, member.owner_untouchable */
export function reinstateMember(
  database: TenantDatabase,
  actor: ChangingMember,
  { userId }: { userId: string },
): Promise<void> {
  return setSuspension(database, actor, { userId, isSuspended: false });
}

function setSuspension(
  database: TenantDatabase,
  actor: ChangingMember,
  { userId, isSuspended }: { userId: string; isSuspended: boolean },
): Promise<void> {
  return changeMember(database, actor, "member:suspend", userId, async (tx, key, member, asker) => {
    allow(refuseExclusion(asker, member));
    // Hugging Face lifts its own suspensions, so an admin may suspend somebody whom it has suspended already.
    const isBySomebody = member.suspendedAt !== null && member.suspendedBy !== "hugging_face";
    if (isSuspended ? isBySomebody : member.suspendedAt === null) return unchanged;
    const data = isSuspended
      ? { suspendedAt: new Date(), suspendedBy: "member" as const }
      : { suspendedAt: null, suspendedBy: null };
    await tx.membership.update({ where: { organizationId_userId: key }, data });
    const decided = { ...key, deciderId: asker.userId };
    const closed = await decide(tx, decided, isSuspended ? "suspended" : "reinstated");
    return changed(isSuspended ? "member.suspended" : "member.reinstated", member, { closed });
  });
}

/** One change of who belongs to the organization at a time: what it reads holds until it commits. */
function changeMember(
  database: TenantDatabase,
  actor: ChangingMember,
  permission: Permission,
  userId: string,
  work: (
    tx: Transaction,
    key: Key,
    member: PresentMember,
    asker: Somebody,
  ) => Promise<Change<void>>,
): Promise<void> {
  const key = { organizationId: actor.organization.id, userId };
  return changeAs(
    database,
    actor,
    permission,
    async (tx, role) => {
      const member = await tx.membership.findUnique({
        where: { organizationId_userId: key },
        select: { userId: true, role: true, suspendedAt: true, suspendedBy: true },
      });
      if (!member) throw httpError("request.not_found");
      return work(tx, key, member, { userId: actor.user.id, role });
    },
    { exclusively: true },
  );
}

function allow(refusal: Refusal | null): void {
  if (refusal) throw membershipError(refusal);
}

/** Before an owner stops being one. */
async function requireAnotherOwner(tx: Transaction, key: Key): Promise<void> {
  if (!(await hasAnotherOwner(tx, key))) throw membershipError("member.last_owner");
}

const unchanged: Change<void> = { value: undefined, event: null };

function changed(
  action: `member.${string}`,
  { userId }: Somebody,
  {
    details = {},
    closed,
  }: { details?: Readonly<Record<string, string>>; closed: readonly AuditEntry[] },
): Change<void> {
  const event = { action, target: { type: "user", id: userId }, details };
  return { value: undefined, event: [event, ...closed] };
}
