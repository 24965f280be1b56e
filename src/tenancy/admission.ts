import type { Transaction } from "../database/database.ts";
import type { MembershipDecisionKind } from "../database/generated/client.ts";
import { isAbove, type Role } from "../access/roles.ts";
import type { AuditEntry } from "./audit-event.ts";
import { membershipError } from "./errors.ts";
import { mailJoined, mailRoleChanged } from "./mail.ts";

/** The reason for which a person may join an organization, or a member gets a stronger role. */
export type Grant =
  /** An invitation or a link, given at that time. */
  | { kind: "invitation"; grantedAt: Date }
  /** A rule that applies by itself: an email domain, a Hugging Face organization, Logto's just-in-time provisioning. */
  | { kind: "rule" }
  /** An admin decides now: approves a request, or adds the person at Logto. */
  | { kind: "admin" };

/** @public The facts that count against a grant: a person's membership, and the decisions about them. */
export type History = {
  isMember: boolean;
  isSuspended: boolean;
  /** The time of the newest decision about the person, also under another account of theirs; null: there is none. */
  decidedAt: Date | null;
  /** The newest decision about this account. */
  decision: MembershipDecisionKind | null;
};

/**
 * @public The result of a grant for a person:
 * - `admits`: makes them a member, or gives a member its role if that is stronger
 * - `needs-approval`: they may ask to join, and an admin decides
 * - `void`: nothing any more
 * - `suspended`: nothing until their suspension ends
 */
export type Effect = "admits" | "needs-approval" | "void" | "suspended";

/**
 * @public The one rule for joining and for stronger roles: the newest decision about a person voids every older grant. A newer
 * invitation counts; a rule never overrules a decision, however often it applies (docs/joining.md).
 */
export function evaluateGrant(grant: Grant, history: History): Effect {
  const { isMember, isSuspended, decidedAt, decision } = history;
  if (isSuspended) return "suspended";
  if (grant.kind === "admin" || decidedAt === null) return "admits";
  if (grant.kind === "invitation") return grant.grantedAt > decidedAt ? "admits" : "void";
  if (!isMember) return "needs-approval";
  return decision === null || decision === "admitted" ? "admits" : "void";
}

type Key = { organizationId: string; userId: string };

/** @public Reads a person's history; call it inside the organization's scope. It cannot change while the organization is locked. */
export async function readHistory(
  tx: Transaction,
  { organizationId, userId }: Key,
): Promise<History> {
  const [history] = await tx.$queryRaw<History[]>`
    select m.user_id is not null as "isMember", m.suspended_at is not null as "isSuspended",
           (select max(d.decided_at) from membership_decisions d
             where d.organization_id = p.organization_id
               and (d.user_id = p.user_id
                    or d.marks && (select person_marks(p.organization_id, p.user_id)))) as "decidedAt",
           own.kind as decision
      from (select ${organizationId}::uuid as organization_id, ${userId}::uuid as user_id) p
      left join memberships m on m.organization_id = p.organization_id and m.user_id = p.user_id
      left join membership_decisions own on own.organization_id = p.organization_id and own.user_id = p.user_id`;
  if (!history) throw new Error("A query without a condition found nothing.");
  return history;
}

/**
 * Whether a rule only lets this person ask: they were removed, left, or were refused. Call it inside the organization's scope.
 */
export async function needsApproval(tx: Transaction, key: Key): Promise<boolean> {
  return evaluateGrant({ kind: "rule" }, await readHistory(tx, key)) === "needs-approval";
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

/** Records that a grant was used: nothing stands against the person any more, but older grants stay void. */
async function recordAdmission(tx: Transaction, { organizationId, userId }: Key): Promise<void> {
  await tx.$executeRaw`
    update membership_decisions set kind = 'admitted', marks = '{}'
     where organization_id = ${organizationId}::uuid and user_id = ${userId}::uuid`;
}
