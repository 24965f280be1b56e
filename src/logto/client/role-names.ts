import type { Role } from "../../access/roles.ts";

/** The roles that a service account can have. No owner: nobody could be asked who it is. */
export const machineRoles = ["admin", "member", "viewer"] as const satisfies readonly Role[];

export type MachineRole = (typeof machineRoles)[number];

/**
 * What the organization role of a service account is called at Logto. Those of people are called as ours; one role
 * cannot be for people and for machines, so these need names of their own.
 */
export function nameMachineRole(role: MachineRole): string {
  return `machine-${role}`;
}
