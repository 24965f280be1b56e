import { type Application, applicationColumns } from "../applications/applications.ts";
import type { Page, Queryable } from "../store/database.ts";
import type { OrganizationRole } from "./organization-roles.ts";
import { organizationColumns, type OrganizationOfUser, type RoleName } from "./organizations.ts";

/** Machines that belong to an organization, each with its roles there: what the organization's service accounts are. */
export type OrganizationApplication = Application & { organizationRoles: RoleName[] };

const rolesThere = (sql: Queryable) => sql`
  (select coalesce(json_agg(json_build_object('id', roles.id, 'name', roles.name) order by roles.id), '[]')
   from organization_application_roles as held join organization_roles as roles on roles.id = held.role_id
   where held.organization_id = organization_applications.organization_id
     and held.application_id = organization_applications.application_id) as "organizationRoles"`;

export async function listApplicationsOfOrganization(
  sql: Queryable,
  organizationId: string,
  { limit, offset }: Page,
): Promise<{ total: number; applications: OrganizationApplication[] }> {
  const [count] = await sql<{ total: number }[]>`
    select count(*)::int as total from organization_applications where organization_id = ${organizationId}`;
  const applications = await sql<OrganizationApplication[]>`
    select ${applicationColumns(sql)}, ${rolesThere(sql)}
    from organization_applications join applications on applications.id = application_id
    where organization_id = ${organizationId} order by applications.id limit ${limit} offset ${offset}`;
  return { total: count?.total ?? 0, applications: [...applications] };
}

export async function listOrganizationsOfApplication(
  sql: Queryable,
  applicationId: string,
): Promise<OrganizationOfUser[]> {
  const rows = await sql<OrganizationOfUser[]>`
    select ${organizationColumns(sql)}, ${rolesThere(sql)}
    from organization_applications join organizations on organizations.id = organization_id
    where application_id = ${applicationId} order by organizations.id`;
  return [...rows];
}

export async function belongsTo(
  sql: Queryable,
  organizationId: string,
  applicationId: string,
): Promise<boolean> {
  const rows = await sql`
    select 1 from organization_applications
    where organization_id = ${organizationId} and application_id = ${applicationId}`;
  return rows.length > 0;
}

/** Fails with SQLSTATE 23503 when one is unknown. @returns those that did not belong to it before */
export async function addApplications(
  sql: Queryable,
  organizationId: string,
  applicationIds: string[],
): Promise<string[]> {
  const rows = await sql<{ id: string }[]>`
    insert into organization_applications (organization_id, application_id)
    select ${organizationId}, added.id from unnest(${applicationIds}::text[]) as added (id)
    on conflict do nothing returning application_id as id`;
  return rows.map(({ id }) => id);
}

/** Applications that stay keep their roles. */
export async function replaceApplications(
  sql: Queryable,
  organizationId: string,
  applicationIds: string[],
): Promise<{ added: string[]; removed: string[] }> {
  const removed = await sql<{ id: string }[]>`
    delete from organization_applications
    where organization_id = ${organizationId} and application_id <> all(${applicationIds}::text[])
    returning application_id as id`;
  const added = await addApplications(sql, organizationId, applicationIds);
  return { added, removed: removed.map(({ id }) => id) };
}

export async function removeApplication(
  sql: Queryable,
  organizationId: string,
  applicationId: string,
): Promise<boolean> {
  const rows = await sql`
    delete from organization_applications
    where organization_id = ${organizationId} and application_id = ${applicationId} returning 1`;
  return rows.length > 0;
}

export async function listRolesOfApplicationIn(
  sql: Queryable,
  organizationId: string,
  applicationId: string,
): Promise<OrganizationRole[]> {
  const rows = await sql<OrganizationRole[]>`
    select organization_roles.id, name, description, type from organization_roles
    join organization_application_roles on role_id = organization_roles.id
    where organization_id = ${organizationId} and application_id = ${applicationId}
    order by organization_roles.id`;
  return [...rows];
}

/** Fails with SQLSTATE 23503 when a role is unknown or the application does not belong to the organization. */
export async function addRolesToApplicationIn(
  sql: Queryable,
  organizationId: string,
  applicationId: string,
  roleIds: string[],
): Promise<void> {
  await sql`
    insert into organization_application_roles (organization_id, application_id, role_id)
    select ${organizationId}, ${applicationId}, added.id from unnest(${roleIds}::text[]) as added (id)
    on conflict do nothing`;
}

export async function replaceRolesOfApplicationIn(
  sql: Queryable,
  organizationId: string,
  applicationId: string,
  roleIds: string[],
): Promise<void> {
  await sql`
    delete from organization_application_roles
    where organization_id = ${organizationId} and application_id = ${applicationId}`;
  await addRolesToApplicationIn(sql, organizationId, applicationId, roleIds);
}

export async function removeRoleFromApplicationIn(
  sql: Queryable,
  organizationId: string,
  applicationId: string,
  roleId: string,
): Promise<boolean> {
  const rows = await sql`
    delete from organization_application_roles
    where organization_id = ${organizationId} and application_id = ${applicationId} and role_id = ${roleId}
    returning 1`;
  return rows.length > 0;
}

/** Names of what an application may do in an organization, by all its roles there. */
export async function listScopesOfApplicationIn(
  sql: Queryable,
  organizationId: string,
  applicationId: string,
): Promise<string[]> {
  const rows = await sql<{ name: string }[]>`
    select distinct organization_scopes.name
    from organization_application_roles as held
    join organization_role_scopes as granted on granted.role_id = held.role_id
    join organization_scopes on organization_scopes.id = granted.scope_id
    where held.organization_id = ${organizationId} and held.application_id = ${applicationId}`;
  return rows.map(({ name }) => name);
}
