/**
 * The one definition of roles and permissions. Roles are a total order, strongest first; a permission
 * is `resource:action`, and belongs to every role from the named one upwards.
 */
export const roles = ["owner", "admin", "member", "viewer"] as const;

export type Role = (typeof roles)[number];

/** The weakest role that has each permission. */
const weakestRole = {
  "organization:read": "viewer",
  "organization:leave": "viewer",
  "organization:update": "admin",
  "organization:transfer": "owner",
  "organization:delete": "owner",
  "organization:restore": "owner",
  "member:read": "viewer",
  "member:update": "admin",
  "member:suspend": "admin",
  "member:remove": "admin",
  "invitation:read": "admin",
  "invitation:create": "admin",
  "invitation:revoke": "admin",
  "join-request:read": "admin",
  "join-request:decide": "admin",
  "email-domain:update": "owner",
  "hugging-face:update": "admin",
  "project:read": "viewer",
  "project:create": "member",
  "project:update": "member",
  "project:archive": "member",
  "project:delete": "admin",
  "audit-log:read": "admin",
} as const satisfies Record<`${string}:${string}`, Role>;

export type Permission = keyof typeof weakestRole;

/** Every permission, in the order in which people read them. */
// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the keys of the literal above are just these
export const permissions = Object.keys(weakestRole) as Permission[];

/** Whether a role includes a permission. A role or permission that the table does not know includes nothing. */
export function hasPermission(role: Role, permission: Permission): boolean {
  return roles.slice(0, roles.indexOf(weakestRole[permission]) + 1).includes(role);
}

/** Whether a role allows more than another. */
export function isAbove(role: Role, other: Role): boolean {
  return roles.indexOf(role) < roles.indexOf(other);
}

/** Whether a permission is for a deleted organization: for nothing else, and the only one. */
export function isOfDeleted(permission: Permission): boolean {
  return permission === "organization:restore";
}
