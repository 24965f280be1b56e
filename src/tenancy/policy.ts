import type { membershipError } from "./errors.ts";
import { type Role, roles } from "../access/roles.ts";

/** Somebody in an organization, as far as it matters to who may do what to whom. */
export type Somebody = { userId: string; role: Role };

/** Why not: the code of the error that says so. */
export type Refusal = Parameters<typeof membershipError>[0];

/** The roles that somebody may give to a member: their own and those below it, strongest first. Only a person owns. */
export function rolesToGive(actor: Pick<Somebody, "role">, { isMachine = false } = {}): Role[] {
  return roles.slice(roles.indexOf(actor.role)).filter((role) => !isMachine || role !== "owner");
}

/** The roles that an actor may let a rule give, such as an e-mail domain: those they may give by hand, but never owner. */
export function rolesToGiveByRule(actor: { role: Role }) {
  return rolesToGive(actor).filter((role) => role !== "owner");
}

/** Whether somebody may give a member (also themselves) another role: null where they may. */
export function refuseRole(actor: Somebody, member: Somebody, role: Role): Refusal | null {
  if (!rolesToGive(actor).includes(role)) return "member.role_above_own";
  return refuseTouch(actor, member);
}

/** Whether somebody may suspend a member, restore or remove them: null where they may. */
export function refuseExclusion(actor: Somebody, member: Somebody): Refusal | null {
  if (member.userId === actor.userId) return "member.yourself";
  return refuseTouch(actor, member);
}

function refuseTouch(actor: Somebody, member: Somebody): Refusal | null {
  return member.role === "owner" && actor.role !== "owner" ? "member.owner_untouchable" : null;
}
