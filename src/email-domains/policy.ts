import { rolesToGive } from "../tenancy/policy.ts";
import { type Role, roles } from "../access/roles.ts";

/** The roles that an address can give: never owner. */
export const grantableRoles = roles.filter((role) => role !== "owner");

/** The roles that an actor may let an address give: none above their own. */
export function rolesToGrant(actor: { role: Role }) {
  const own = rolesToGive(actor);
  return grantableRoles.filter((role) => own.includes(role));
}
