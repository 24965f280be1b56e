import type { HuggingFacePlace } from "../identity/person.ts";
import type { HuggingFaceConnection } from "../database/generated/client.ts";
import type { Role } from "../access/roles.ts";

/** How the members of a Hugging Face organization join ours, and the role that each role there becomes; null if it gives none. */
export type Rules = Pick<
  HuggingFaceConnection,
  "mode" | "adminRole" | "writeRole" | "contributorRole" | "readRole"
>;

export type RoleField = Exclude<keyof Rules, "mode">;

/** The field of the rules for each role at Hugging Face, strongest first. */
export const fieldOf = {
  admin: "adminRole",
  write: "writeRole",
  contributor: "contributorRole",
  read: "readRole",
} as const satisfies Record<NonNullable<HuggingFacePlace["role"]>, RoleField>;

/** The role that a person gets by their work there; null if the rules give none, or the person is no active member with a known role. */
export function findRole(rules: Pick<Rules, RoleField>, place: HuggingFacePlace): Role | null {
  return place.isActive && place.role ? rules[fieldOf[place.role]] : null;
}
