import type { HuggingFacePlace } from "../identity/person.ts";
import type { HuggingFaceConnection } from "../database/generated/client.ts";
import type { Role } from "../access/roles.ts";

/** How the members of a Hugging Face organization come into ours, and as what; null: no place for those. */
export type Rules = Pick<
  HuggingFaceConnection,
  "mode" | "adminRole" | "writeRole" | "contributorRole" | "readRole"
>;

export type RoleField = Exclude<keyof Rules, "mode">;

/** Which field of the rules is about which role at Hugging Face, strongest first. */
export const fieldOf = {
  admin: "adminRole",
  write: "writeRole",
  contributor: "contributorRole",
  read: "readRole",
} as const satisfies Record<NonNullable<HuggingFacePlace["role"]>, RoleField>;

/** The role that somebody gets who works there; null where they get none, do not count as a member, or it is not told as what. */
export function findRole(rules: Pick<Rules, RoleField>, place: HuggingFacePlace): Role | null {
  return place.isActive && place.role ? rules[fieldOf[place.role]] : null;
}

/** Every role that the rules give to somebody. */
export function listRoles(rules: Pick<Rules, RoleField>): Role[] {
  return Object.values(fieldOf).flatMap((field) => rules[field] ?? []);
}
