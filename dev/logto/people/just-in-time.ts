import type { Queryable } from "../store/database.ts";
import { addRolesToMember, type OrganizationRole } from "./organization-roles.ts";
import { addMembers } from "./organizations.ts";

// Just-in-time membership: whose domains, and with what roles.

/**
 * Makes somebody a member of the organizations that take in the people of their address's domain. Only for whoever has
 * just signed up by themselves.
 *
 * @returns where they were not a member before
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

/** With the roles that each gives on the way. */
export async function joinJustInTime(
  sql: Queryable,
  userId: string,
  organizations: readonly { id: string }[],
): Promise<string[]> {
  const joined: string[] = [];
  for (const { id } of organizations) {
    if ((await addMembers(sql, id, [userId])).length > 0) joined.push(id);
    const roles = await listJitRoles(sql, id);
    const roleIds = roles.map((role) => role.id);
    await addRolesToMember(sql, id, userId, roleIds);
  }
  return joined;
}

export async function listJitDomains(sql: Queryable, organizationId: string): Promise<string[]> {
  const rows = await sql<{ domain: string }[]>`
    select email_domain as domain from organization_jit_email_domains
    where organization_id = ${organizationId} order by email_domain collate "C"`;
  return rows.map(({ domain }) => domain);
}

/** Fails with SQLSTATE 23505 when it is there already, 23503 when the organization is unknown. */
export async function addJitDomain(
  sql: Queryable,
  organizationId: string,
  domain: string,
): Promise<void> {
  await sql`
    insert into organization_jit_email_domains (organization_id, email_domain)
    values (${organizationId}, ${domain})`;
}

export async function replaceJitDomains(
  sql: Queryable,
  organizationId: string,
  domains: string[],
): Promise<void> {
  await sql`delete from organization_jit_email_domains where organization_id = ${organizationId}`;
  for (const domain of new Set(domains)) await addJitDomain(sql, organizationId, domain);
}

export async function removeJitDomain(
  sql: Queryable,
  organizationId: string,
  domain: string,
): Promise<boolean> {
  const rows = await sql`
    delete from organization_jit_email_domains
    where organization_id = ${organizationId} and email_domain = ${domain} returning email_domain`;
  return rows.length > 0;
}

export async function listJitRoles(
  sql: Queryable,
  organizationId: string,
): Promise<OrganizationRole[]> {
  const roles = await sql<OrganizationRole[]>`
    select organization_roles.id, name, description, type from organization_roles
    join organization_jit_roles on role_id = organization_roles.id
    where organization_id = ${organizationId} order by organization_roles.id`;
  return [...roles];
}

/** Fails with SQLSTATE 23503 when a role or the organization is unknown. */
export async function addJitRoles(
  sql: Queryable,
  organizationId: string,
  roleIds: string[],
): Promise<void> {
  await sql`
    insert into organization_jit_roles (organization_id, role_id)
    select ${organizationId}, added.id from unnest(${roleIds}::text[]) as added (id)
    on conflict do nothing`;
}

export async function replaceJitRoles(
  sql: Queryable,
  organizationId: string,
  roleIds: string[],
): Promise<void> {
  await sql`delete from organization_jit_roles where organization_id = ${organizationId}`;
  await addJitRoles(sql, organizationId, roleIds);
}

export async function removeJitRole(
  sql: Queryable,
  organizationId: string,
  roleId: string,
): Promise<boolean> {
  const rows = await sql`
    delete from organization_jit_roles
    where organization_id = ${organizationId} and role_id = ${roleId} returning role_id`;
  return rows.length > 0;
}
