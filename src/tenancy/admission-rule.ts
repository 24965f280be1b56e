import type { Transaction } from "../database/database.ts";
import type { MembershipDecisionKind } from "../database/generated/client.ts";

/** The reason for which a person may join an organization, or a member gets a stronger role. */
export type Grant =
  /** An invitation or a link, given at that time. */
  | { kind: "invitation"; grantedAt: Date }
  /** A rule that applies by itself: an e-mail domain, a Hugging Face organization, Logto's just-in-time provisioning. */
  | { kind: "rule" }
  /** An admin decides now: approves a request, or adds the person at Logto. */
  | { kind: "admin" };

/** The facts that count against a grant: a person's membership, and the decisions about them. */
export type History = {
  isMember: boolean;
  isSuspended: boolean;
  /** The time of the newest decision about the person, also under another account of theirs; null: there is none. */
  decidedAt: Date | null;
  /** The newest decision about this account. */
  decision: MembershipDecisionKind | null;
};

/**
 * The result of a grant for a person:
 * - `admits`: makes them a member, or gives a member its role if that is stronger
 * - `needs-approval`: they may ask to join, and an admin decides
 * - `void`: nothing any more
 * - `suspended`: nothing until their suspension ends
 */
export type Effect = "admits" | "needs-approval" | "void" | "suspended";

/**
 * The one rule for joining and for stronger roles: the newest decision about a person voids every older grant. A newer
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

/** Reads a person's history; call it inside the organization's scope. It cannot change while the organization is locked. */
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
