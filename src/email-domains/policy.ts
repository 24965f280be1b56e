import { type Role, roles, rolesToGive } from "../access/roles.ts";

/** What people can become by their address: nobody becomes an owner by where they work. */
export const grantableRoles = roles.filter((role) => role !== "owner");

/** Those that somebody may have an address give: none above their own. */
export function rolesToGrant(actor: { role: Role }) {
  const own = rolesToGive(actor);
  return grantableRoles.filter((role) => own.includes(role));
}
