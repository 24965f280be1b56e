import type { AuditEntry } from "./audit-event.ts";
import type { Transaction } from "../database/database.ts";
import type { MembershipDecisionKind } from "../database/generated/client.ts";
import { closeRequests } from "./close-requests.ts";
import { isAbove, type Role } from "../access/roles.ts";
import { withdrawInvitations } from "./withdraw-invitations.ts";

type Key = { organizationId: string; userId: string };

/** The person a decision is about, and the person who made it; null: Logto's operator made it, or nobody. */
export type Decided = Key & { deciderId: string | null };

export type Decision =
  | Exclude<MembershipDecisionKind, "settled" | "admitted">
  | "raised"
  | "reinstated"
  | "stepped_down";

/** Decisions of others against a person. They count until an admin takes them back. */
const adverse: ReadonlySet<MembershipDecisionKind> = new Set([
  "removed",
  "refused",
  "demoted",
  "suspended",
]);

/**
 * Records a decision about a person, and closes what was open for them: invitations to their addresses, and their requests to
 * join. Call it in the transaction of the decision, with the organization locked, before their account is erased.
 *
 * @returns the further events for the audit log
 */
export async function recordDecision(
  tx: Transaction,
  { organizationId, userId, deciderId }: Decided,
  decision: Decision,
): Promise<AuditEntry[]> {
  const key = { organizationId, userId };
  const kind = outcomeOf(decision, await readKind(tx, key));
  // Not now(), which is when the transaction began: it may have waited for the lock while a newer link was created.
  await tx.$executeRaw`
    insert into membership_decisions as d (organization_id, user_id, kind, decided_at, decider_id, marks)
    values (${organizationId}::uuid, ${userId}::uuid, ${kind}::membership_decision_kind, clock_timestamp(),
            ${deciderId}::uuid,
            case when ${adverse.has(kind)} then person_marks(${organizationId}::uuid, ${userId}::uuid) else '{}' end)
    on conflict (organization_id, user_id) do update
       set kind = excluded.kind, decided_at = excluded.decided_at, decider_id = excluded.decider_id,
           marks = case when ${adverse.has(kind)}
                        then array(select distinct unnest(d.marks || excluded.marks)) else '{}' end`;
  return closeWhatWaits(tx, key);
}

/** Like {@link recordDecision}, for a changed role: a stronger role and a weaker one both void older grants. */
export function recordRoleDecision(
  tx: Transaction,
  decided: Decided,
  { from, to }: { from: Role; to: Role },
): Promise<AuditEntry[]> {
  if (isAbove(to, from)) return recordDecision(tx, decided, "raised");
  const isOwnChoice = decided.deciderId === decided.userId;
  return recordDecision(tx, decided, isOwnChoice ? "stepped_down" : "demoted");
}

/** Leaving, stepping down and the end of a suspension leave an earlier decision of others in force. */
function outcomeOf(
  decision: Decision,
  present: MembershipDecisionKind | null,
): MembershipDecisionKind {
  if (decision === "left") return present && adverse.has(present) ? present : "left";
  const lasting = present === "demoted" ? "demoted" : null;
  if (decision === "suspended") return lasting ?? "suspended";
  if (decision === "reinstated" || decision === "stepped_down") return lasting ?? "settled";
  return decision === "raised" ? "settled" : decision;
}

/**
 * Keeps the decisions of others against a person whose account is about to be erased, so that a new account does not avoid
 * them. Without such a decision nothing is kept.
 *
 * @returns the further events for the audit log
 */
export async function recordDeletion(
  tx: Transaction,
  { organizationId, userId }: Key,
  { isSuspended }: { isSuspended: boolean },
): Promise<AuditEntry[]> {
  const key = { organizationId, userId };
  const present = await readKind(tx, key);
  if (isSuspended || present === "demoted") {
    const decided = { ...key, deciderId: null };
    return recordDecision(tx, decided, isSuspended ? "suspended" : "demoted");
  }
  await tx.$executeRaw`
    delete from membership_decisions
     where organization_id = ${organizationId}::uuid and user_id = ${userId}::uuid`;
  return closeWhatWaits(tx, key);
}

const closers: readonly ((tx: Transaction, key: Key) => Promise<AuditEntry[]>)[] = [
  // Each belongs to one feature.
  withdrawInvitations,
  closeRequests,
];

async function closeWhatWaits(tx: Transaction, key: Key): Promise<AuditEntry[]> {
  const closed: AuditEntry[] = [];
  for (const close of closers) closed.push(...(await close(tx, key)));
  return closed;
}

async function readKind(tx: Transaction, key: Key): Promise<MembershipDecisionKind | null> {
  const decision = await tx.membershipDecision.findUnique({
    where: { organizationId_userId: key },
    select: { kind: true },
  });
  return decision?.kind ?? null;
}

/**
 * Marks the decisions against a person in all organizations with what they have proven since, so that a new account of
 * theirs is recognized. Call it inside `forUserEverywhere`, before their account is erased.
 */
export async function markDecisions(tx: Transaction, userId: string): Promise<void> {
  await tx.$executeRaw`
    update membership_decisions
       set marks = array(select distinct unnest(marks || person_marks(organization_id, user_id)))
     where user_id = ${userId}::uuid and kind::text = any (${[...adverse]}::text[])`;
}
