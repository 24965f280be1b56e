/**
 * The one definition of roles and permissions. Roles are a total order, strongest first; a permission
 * is `resource:action`, and belongs to every role from the named one upwards.
 */
export const roles = ["owner", "admin", "member", "viewer"] as const;

export type Role = (typeof roles)[number];

/** The weakest role that has each permission. */
const weakestRole = {
  "organization:read": "viewer",
} as const satisfies Record<`${string}:${string}`, Role>;

export type Permission = keyof typeof weakestRole;

/** Whether a role includes a permission. */
export function hasPermission(role: Role, permission: Permission): boolean {
  return roles.indexOf(role) <= roles.indexOf(weakestRole[permission]);
}
