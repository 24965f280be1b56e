import type { Queryable } from "../database.ts";
import type { OrganizationRole } from "./organization-roles.ts";

/*
 * Just-in-time membership: whose domains, and with what roles. It is kept and told, and nobody is put anywhere by it:
 * that takes an e-mail address that is confirmed at sign-up, which the stand-in's pages never do.
 */

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
