import type { membershipError } from "./errors.ts";
import { type Role, roles } from "../access/roles.ts";

/** A member, as far as the rules below need to know them. */
export type MemberRef = { userId: string; role: Role };

/** The code of the error that says why an act is refused. */
export type Refusal = Parameters<typeof membershipError>[0];

/** The roles that an actor may give: their own and the weaker ones, strongest first. An application cannot be an owner. */
export function rolesToGive(actor: Pick<MemberRef, "role">, { isMachine = false } = {}): Role[] {
  return roles.slice(roles.indexOf(actor.role)).filter((role) => !isMachine || role !== "owner");
}

/** @returns null if the actor may give the role to the member, who may be the actor */
export function refuseRole(actor: MemberRef, member: MemberRef, role: Role): Refusal | null {
  if (!rolesToGive(actor).includes(role)) return "member.role_above_own";
  return refuseTouch(actor, member);
}

/** @returns null if the actor may suspend, reinstate or remove the member */
export function refuseExclusion(actor: MemberRef, member: MemberRef): Refusal | null {
  if (member.userId === actor.userId) return "member.yourself";
  return refuseTouch(actor, member);
}

function refuseTouch(actor: MemberRef, member: MemberRef): Refusal | null {
  return member.role === "owner" && actor.role !== "owner" ? "member.owner_untouchable" : null;
}
