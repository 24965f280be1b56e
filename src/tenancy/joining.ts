import { type AuditEntry, recordEvent } from "./audit-event.ts";
import type { TenantDatabase, Transaction } from "../database/database.ts";
import { countUse } from "../limits/limit-counters.ts";
import { httpError } from "../http/errors.ts";
import type { RequestOrigin } from "../http/request-origin.ts";
import type { Change } from "./change-as.ts";
import { settleDecision } from "./decision.ts";
import { membershipError } from "./errors.ts";
import { joinings } from "./limits.ts";
import { mailJoined, mailRoleChanged } from "./mail.ts";
import { isAbove, type Role } from "../access/roles.ts";
import { readStanding, type Way, weighWay } from "./standing.ts";

/** Somebody at the door of an organization: not a member, or not known to be one. */
export type Guest = {
  user: { id: string };
  organization: { id: string };
  request: RequestOrigin | null;
};

/**
 * Changes something in an organization for somebody who may not belong to it: accepts an invitation, asks to be
 * let in. One transaction, like `changeAs`; what lets them do it, the work itself has to check, in there. All
 * that changes who belongs to an organization waits for each other.
 *
 * @param guest.user null: the audit log says that it was the application itself
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
    // Those whom an admin or Logto lets in have not come by themselves.
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
  /** What lets them in: it has to outweigh what was decided about them. */
  way: Way;
  /** By what they come, in the words of the audit log: `{ via: "link" }`. */
  details: Readonly<Record<string, string>> & { via: string };
  /** Who gets a mail about it: whoever let them in, or they themself; nobody, where they did it themself. */
  tell?: string | null;
};

/**
 * Makes somebody a member, or raises their role where they are one with a lesser one; never lowers it. A member whom a
 * newer decision keeps from a stronger role stays as they are. Call it in a transaction that keeps the organization locked.
 *
 * @returns what the audit log says of it; null where nothing changed
 * @throws membership.suspended_there, membership.decided_since, membership.no_seat
 */
export async function admit(tx: Transaction, admission: Admission): Promise<AuditEntry | null> {
  const { organizationId, userId, role, way, details, tell = null } = admission;
  const key = { organizationId_userId: { organizationId, userId } };
  const target = { type: "user", id: userId };
  const effect = weighWay(way, await readStanding(tx, { organizationId, userId }));
  if (effect === "suspended") throw membershipError("membership.suspended_there");
  const member = await tx.membership.findUnique({ where: key, select: { role: true } });
  if (!member) {
    if (effect !== "opens") throw membershipError("membership.decided_since");
    await requireSeat(tx, organizationId);
    await settleDecision(tx, { organizationId, userId });
    await tx.membership.create({
      data: { organizationId, userId, role },
      select: { userId: true },
    });
    if (tell !== null) await mailJoined(tx, { organizationId, userId, to: tell });
    return { action: "member.joined", target, details: { role, ...details } };
  }
  if (effect !== "opens" || !isAbove(role, member.role)) return null;
  await settleDecision(tx, { organizationId, userId });
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

/** The database refuses as well (members_have_a_seat); this is for the sentence. */
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
