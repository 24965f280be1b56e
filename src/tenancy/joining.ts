import { type AuditEntry, recordEvent } from "./audit-event.ts";
import type { TenantDatabase, Transaction } from "../database/database.ts";
import { countUse } from "../limits/limit-counters.ts";
import { httpError } from "../http/errors.ts";
import type { RequestOrigin } from "../http/request-origin.ts";
import type { Change, ChangingMember } from "./change-as.ts";
import { recordAdmission } from "./decision.ts";
import { membershipError } from "./errors.ts";
import { joinings } from "./limits.ts";
import { mailJoined, mailRoleChanged } from "./mail.ts";
import { isAbove, type Role } from "../access/roles.ts";
import { evaluateGrant, type Grant, readHistory } from "./admission-rule.ts";

/** A person who acts on an organization and need not be its member; the request is null if none caused the change. */
export type Guest = Pick<ChangingMember, "user" | "organization"> & {
  request: RequestOrigin | null;
};

/**
 * Changes something in an organization for a person who need not be its member, for instance when they accept an invitation
 * or ask to join. It is one transaction, as in `changeMembershipAs`, but the work itself has to check what permits the change.
 *
 * @param guest.user null: the audit log names the application itself
 * @throws request.not_found when the organization is gone or deleted; request.too_many when they have joined too often
 */
export function changeAsGuest<T>(
  database: TenantDatabase,
  { user, organization, request }: Omit<Guest, "user"> & { user: Guest["user"] | null },
  work: (tx: Transaction) => Promise<Change<T>>,
): Promise<T> {
  const organizationId = organization.id;
  return database.forOrganization(organizationId, async (tx) => {
    const [present] = await tx.$queryRaw<{ isDeleted: boolean }[]>`
      select deleted_at is not null as "isDeleted" from organizations
       where id = ${organizationId}::uuid for no key update`;
    if (!present || present.isDeleted) throw httpError("request.not_found");
    const { value, event } = await work(tx);
    const entries = [event ?? []].flat();
    // A person whom an admin or Logto adds has not joined by their own act.
    if (user && entries.some(({ action }) => action === "member.joined")) {
      await countUse(tx, joinings, { subject: `${organizationId} ${user.id}` });
    }
    for (const entry of entries) {
      await recordEvent(tx, { ...entry, organizationId, actorId: user?.id ?? null, request });
    }
    return value;
  });
}

export type Admission = {
  organizationId: string;
  userId: string;
  role: Role;
  /** The reason for which they may join: it has to outweigh the decisions about them. */
  grant: Grant;
  /** How they join, in the words of the audit log: `{ via: "link" }`. */
  details: Readonly<Record<string, string>> & { via: string };
  /** The user who gets a mail about it: the new member, or the person who let them in; null: nobody. */
  tell?: string | null;
};

/**
 * Makes a person a member, or raises a member's role; it never lowers one. If a newer decision keeps a member from a stronger
 * role, nothing changes. Call it in a transaction that keeps the organization locked.
 *
 * @returns the event for the audit log; null if nothing changed
 * @throws membership.suspended_there, membership.decided_since, membership.no_seat
 */
export async function admit(tx: Transaction, admission: Admission): Promise<AuditEntry | null> {
  const { organizationId, userId, role, grant, details, tell = null } = admission;
  const key = { organizationId_userId: { organizationId, userId } };
  const target = { type: "user", id: userId };
  const effect = evaluateGrant(grant, await readHistory(tx, { organizationId, userId }));
  if (effect === "suspended") throw membershipError("membership.suspended_there");
  const member = await tx.membership.findUnique({ where: key, select: { role: true } });
  if (!member) {
    if (effect !== "admits") throw membershipError("membership.decided_since");
    await requireSeat(tx, organizationId);
    await recordAdmission(tx, { organizationId, userId });
    await tx.membership.create({
      data: { organizationId, userId, role },
      select: { userId: true },
    });
    if (tell !== null) await mailJoined(tx, { organizationId, userId, to: tell });
    return { action: "member.joined", target, details: { role, ...details } };
  }
  if (effect !== "admits" || !isAbove(role, member.role)) return null;
  await recordAdmission(tx, { organizationId, userId });
  await tx.membership.update({ where: key, data: { role }, select: { userId: true } });
  if (tell === userId) {
    const raised = { organizationId, userId, actorId: null, from: member.role, role };
    await mailRoleChanged(tx, raised);
  }
  return {
    action: "member.role_changed",
    target,
    details: { from: member.role, to: role, ...details },
  };
}

/** The database refuses as well (members_have_a_seat); this check provides the error that people read. */
async function requireSeat(tx: Transaction, organizationId: string): Promise<void> {
  const { seatLimit } = await tx.organization.findUniqueOrThrow({
    where: { id: organizationId },
    select: { seatLimit: true },
  });
  if (seatLimit === null) return;
  const members = await tx.membership.count({
    where: { organizationId, user: { isMachine: false } },
  });
  if (members >= seatLimit) throw membershipError("membership.no_seat");
}
