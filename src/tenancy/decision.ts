import type { AuditEntry } from "./audit-event.ts";
import type { Transaction } from "../database/database.ts";
import type { MembershipDecisionKind } from "../database/generated/client.ts";
import { closeRequests } from "./close-requests.ts";
import { isAbove, type Role } from "../access/roles.ts";
import { withdrawInvitations } from "./withdraw-invitations.ts";

type Key = { organizationId: string; userId: string };

/** The person a decision is about, and the person who made it; null: Logto, on behalf of its operator. */
export type Decided = Key & { deciderId: string | null };

export type Decision =
  | Exclude<MembershipDecisionKind, "settled" | "admitted">
  | "raised"
  | "reinstated"
  | "stepped_down";

/** Decisions that others made against somebody, and that nobody has taken back. */
const adverse: ReadonlySet<MembershipDecisionKind> = new Set([
  "removed",
  "refused",
  "demoted",
  "suspended",
]);

/**
 * Notes what was decided about somebody, and closes what was open for them: invitations to their addresses, and requests
 * to join. Call it in the transaction of the decision, with the organization locked, before their account is erased.
 *
 * @returns what else the audit log says of it
 */
export async function decide(
  tx: Transaction,
  { organizationId, userId, deciderId }: Decided,
  decision: Decision,
): Promise<AuditEntry[]> {
  const key = { organizationId, userId };
  const kind = outcomeOf(decision, await readKind(tx, key));
  // The time is when the organization was locked, not when the transaction began: it may have waited for a newer link.
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

/** As {@link decide}, of a role that somebody gave: both ways it outweighs what is older. */
export function decideRole(
  tx: Transaction,
  decided: Decided,
  { from, to }: { from: Role; to: Role },
): Promise<AuditEntry[]> {
  if (isAbove(to, from)) return decide(tx, decided, "raised");
  const isOwnChoice = decided.deciderId === decided.userId;
  return decide(tx, decided, isOwnChoice ? "stepped_down" : "demoted");
}

/** Neither leaving nor stepping down nor the end of a suspension is a way around what others decided before. */
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
 * Notes that somebody was let in, or given a stronger role, by a way that counts: what stood against them is settled.
 * What is older stays void.
 */
export async function settleDecision(
  tx: Transaction,
  { organizationId, userId }: Key,
): Promise<void> {
  await tx.$executeRaw`
    update membership_decisions set kind = 'admitted', marks = '{}'
     where organization_id = ${organizationId}::uuid and user_id = ${userId}::uuid`;
}

/**
 * Keeps of somebody whose account is about to be erased what others decided against them, so that a new account is no way
 * around it; and nothing of somebody against whom there is nothing.
 *
 * @returns what else the audit log says of it
 */
export async function decideDeletion(
  tx: Transaction,
  { organizationId, userId }: Key,
  { isSuspended }: { isSuspended: boolean },
): Promise<AuditEntry[]> {
  const key = { organizationId, userId };
  const present = await readKind(tx, key);
  if (isSuspended || present === "demoted") {
    const decided = { ...key, deciderId: null };
    return decide(tx, decided, isSuspended ? "suspended" : "demoted");
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
