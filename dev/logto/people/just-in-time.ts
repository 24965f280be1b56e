import type { Queryable } from "../store/database.ts";
import { defineLinks } from "../store/table.ts";
import { people } from "./members.ts";

// Just-in-time membership: the people of which domains and connectors join an organization, and with which roles.

export const jitDomains = defineLinks(
  "organization_jit_email_domains",
  ["organization_id"],
  "email_domain",
);
export const jitRoles = defineLinks("organization_jit_roles", ["organization_id"], "role_id");
export const jitSsoConnectors = defineLinks(
  "organization_jit_sso_connectors",
  ["organization_id"],
  "sso_connector_id",
);

/**
 * Makes a user a member of the organizations that take in the people of an address's domain. Logto does so only for
 * people who have just signed up by themselves.
 *
 * @returns where the user was not a member before
 */
export async function joinByEmailDomain(
  sql: Queryable,
  userId: string,
  email: string,
): Promise<string[]> {
  const domain = email.slice(email.lastIndexOf("@") + 1).toLowerCase();
  const organizations = await sql<{ id: string }[]>`
    select organization_id as id from organization_jit_email_domains
    where lower(email_domain) = ${domain}`;
  return joinJustInTime(sql, userId, organizations);
}

/** Makes a user a member of organizations, with the roles that each of them gives on the way. */
export async function joinJustInTime(
  sql: Queryable,
  userId: string,
  organizations: readonly { id: string }[],
): Promise<string[]> {
  const joined: string[] = [];
  for (const { id } of organizations) {
    if ((await people.members.add(sql, [id], [userId])).length > 0) joined.push(id);
    await people.roles.add(sql, [id, userId], await jitRoles.list(sql, [id]));
  }
  return joined;
}
