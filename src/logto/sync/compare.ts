import type { Role } from "../../access/roles.ts";
import type { MembershipAtLogto } from "../client/organizations.ts";

/** Somebody's membership here. */
export type MembershipHere = {
  /** Null: not a member. */
  role: Role | null;
  isSuspended: boolean;
  /** Whether it was changed here and Logto has not been told yet. */
  isPending: boolean;
  /** False: they have deleted their account. */
  hasAccount: boolean;
  /** Logto knows them no more, and the organization cannot do without them. */
  isKept: boolean;
};

/** What makes the two sides equal. */
export type Difference =
  | { kind: "none" }
  /** Logto has to become like this; null: no member there. */
  | { kind: "outward"; role: Role | null; isReverted: boolean }
  /** Ours has to become like this; null: no member here. */
  | { kind: "inward"; role: Role | null };

/** The role here of a member without any of our roles at Logto. We do not write it to Logto: a role may still follow. */
export const roleOfNoRole: Role = "viewer";

/**
 * Decides who is right. What was changed here and Logto has not been told goes first; any other difference is a change
 * at Logto, which counts, but for people it cannot be true of: who is suspended here, or has no account any more.
 * A viewer here and a member there without any of our roles are equal, unless somebody here has just made them a viewer.
 * Of whom Logto knows no more nothing can be made equal.
 * Nobody belongs to the twin of a deleted organization, nor who is suspended: nothing else there knows of either.
 */
export function compareMembership(
  here: MembershipHere,
  atLogto: MembershipAtLogto,
  { isDeleted }: { isDeleted: boolean },
): Difference {
  const wanted = isDeleted || here.isSuspended ? null : here.role;
  if (here.isKept) return { kind: "none" };
  const assumed = here.isPending ? null : roleOfNoRole;
  const isEqual =
    wanted === null ? !atLogto.isMember : atLogto.isMember && (atLogto.role ?? assumed) === wanted;
  if (isEqual) return { kind: "none" };
  if (here.isPending || isDeleted) return { kind: "outward", role: wanted, isReverted: false };
  if (here.isSuspended || !here.hasAccount)
    return { kind: "outward", role: wanted, isReverted: true };
  return { kind: "inward", role: atLogto.isMember ? (atLogto.role ?? roleOfNoRole) : null };
}
