import type { Transaction } from "../database/database.ts";
import type { MembershipDecisionKind } from "../database/generated/client.ts";

/** How somebody comes into an organization, or gets a stronger role in it. */
export type Way =
  /** A link or an invitation, given at that time. */
  | { kind: "invitation"; grantedAt: Date }
  /** A rule that nobody applies by hand: an e-mail domain, a Hugging Face organization, Logto's just-in-time provisioning. */
  | { kind: "rule" }
  /** An admin decides now: approves a request, or adds somebody at Logto. */
  | { kind: "admin" };

/** Where somebody stands in an organization. */
export type Standing = {
  isMember: boolean;
  isSuspended: boolean;
  /** The newest decision about them, or about another account that is theirs; null: there is none. */
  decidedAt: Date | null;
  /** What the newest decision about this account was. */
  decision: MembershipDecisionKind | null;
};

/**
 * What a way does for somebody:
 * - `opens`: lets them in, or gives a member its role where that is stronger
 * - `asks`: only an admin lets them in, who may be asked
 * - `void`: nothing any more, for them
 * - `suspended`: nothing, until their suspension is lifted
 */
export type Effect = "opens" | "asks" | "void" | "suspended";

/**
 * The one rule for every way in and up: the newest decision about a person voids what is older than it. An invitation that
 * is given later counts; a rule never overrules a decision, however often it applies (docs/joining.md).
 */
export function weighWay(way: Way, standing: Standing): Effect {
  const { isMember, isSuspended, decidedAt, decision } = standing;
  if (isSuspended) return "suspended";
  if (way.kind === "admin" || decidedAt === null) return "opens";
  if (way.kind === "invitation") return way.grantedAt > decidedAt ? "opens" : "void";
  if (!isMember) return "asks";
  return decision === null || decision === "admitted" ? "opens" : "void";
}

type Key = { organizationId: string; userId: string };

/** Reads where somebody stands; call it inside the organization's scope. It stays so where the organization is locked. */
export async function readStanding(
  tx: Transaction,
  { organizationId, userId }: Key,
): Promise<Standing> {
  const [standing] = await tx.$queryRaw<Standing[]>`
    select m.user_id is not null as "isMember", m.suspended_at is not null as "isSuspended",
           (select max(d.decided_at) from membership_decisions d
             where d.organization_id = p.organization_id
               and (d.user_id = p.user_id
                    or d.marks && (select person_marks(p.organization_id, p.user_id)))) as "decidedAt",
           own.kind as decision
      from (select ${organizationId}::uuid as organization_id, ${userId}::uuid as user_id) p
      left join memberships m on m.organization_id = p.organization_id and m.user_id = p.user_id
      left join membership_decisions own on own.organization_id = p.organization_id and own.user_id = p.user_id`;
  if (!standing) throw new Error("A query without a condition found nothing.");
  return standing;
}
