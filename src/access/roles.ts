/**
 * The one definition of roles and permissions. Roles are a total order, strongest first. A permission
 * is `resource:action`; the named role and every stronger one include it.
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

/** Every permission, in the order in which pages list them. */
// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the keys of the literal above are just these
export const permissions = Object.keys(weakestRole) as Permission[];

/** Whether a role includes a permission. An unknown role includes none, and no role includes an unknown permission. */
export function hasPermission(role: Role, permission: Permission): boolean {
  return roles.slice(0, roles.indexOf(weakestRole[permission]) + 1).includes(role);
}

/** Whether a role is stronger than another. */
export function isAbove(role: Role, other: Role): boolean {
  return roles.indexOf(role) < roles.indexOf(other);
}

/** Whether a permission applies to deleted organizations: only to those, and no other permission does. */
export function isOfDeleted(permission: Permission): boolean {
  return permission === "organization:restore";
}

/** A member, as far as the rules below need to know them. */
export type MemberRef = { userId: string; role: Role };

/** Why an act is refused: codes of errors. */
export type Refusal = "member.role_above_own" | "member.owner_untouchable" | "member.yourself";

/** The roles that an actor may give: their own and the weaker ones, strongest first. An application cannot be an owner. */
export function rolesToGive({ role }: Pick<MemberRef, "role">, { isMachine = false } = {}): Role[] {
  return roles.slice(roles.indexOf(role)).filter((each) => !isMachine || each !== "owner");
}

/** The roles that an actor may let a rule give, such as an email domain: those they may give by hand, but never owner. */
export function rolesToGiveByRule(actor: Pick<MemberRef, "role">) {
  return rolesToGive(actor).filter((role) => role !== "owner");
}

/** @returns null if the actor may give the role to the member, who may be the actor */
export function refuseRole(actor: MemberRef, member: MemberRef, role: Role): Refusal | null {
  return rolesToGive(actor).includes(role) ? refuseOwner(actor, member) : "member.role_above_own";
}

/** @returns null if the actor may suspend, reinstate or remove the member */
export function refuseExclusion(actor: MemberRef, member: MemberRef): Refusal | null {
  return member.userId === actor.userId ? "member.yourself" : refuseOwner(actor, member);
}

function refuseOwner(actor: MemberRef, member: MemberRef): Refusal | null {
  return member.role === "owner" && actor.role !== "owner" ? "member.owner_untouchable" : null;
}
