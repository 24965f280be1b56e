import type { Page, Queryable } from "../store/database.ts";
import { createId } from "../store/ids.ts";
import type { ApplicationType } from "./applications.ts";

export type Role = {
  id: string;
  name: string;
  description: string;
  type: "User" | "MachineToMachine";
};
export type RoleWithApplications = Role & {
  applicationsCount: number;
  featuredApplications: { id: string; name: string; type: ApplicationType }[];
};

/** Whoever has it may call the Management API. Each Logto is born with it. */
export const managementRole = "Logto Management API access";

const roleColumns = (sql: Queryable) => sql`roles.id, roles.name, roles.description, roles.type`;

export async function ensureManagementRole(sql: Queryable): Promise<void> {
  await sql`
    insert into roles (id, name, description, type)
    values (${createId(21)}, ${managementRole},
      'This default role grants access to the Logto management API.', 'MachineToMachine')
    on conflict (name) do nothing`;
}

export async function listGlobalRoles(
  sql: Queryable,
  { type, limit, offset }: { type: string | undefined } & Page,
): Promise<{ total: number; roles: RoleWithApplications[] }> {
  const matches = type === undefined ? sql`true` : sql`roles.type = ${type}`;
  const [count] = await sql<{ total: number }[]>`
    select count(*)::int as total from roles where ${matches}`;
  const roles = await sql<RoleWithApplications[]>`
    select ${roleColumns(sql)},
      (select count(*)::int from application_roles where role_id = roles.id) as "applicationsCount",
      (select coalesce(json_agg(featured), '[]') from (
        select applications.id, applications.name, applications.type
        from application_roles join applications on applications.id = application_id
        where role_id = roles.id order by applications.created_at limit 3) as featured) as "featuredApplications"
    from roles where ${matches} order by name limit ${limit} offset ${offset}`;
  return { total: count?.total ?? 0, roles: [...roles] };
}

export async function listRolesOfApplication(
  sql: Queryable,
  applicationId: string,
): Promise<Role[]> {
  const roles = await sql<Role[]>`
    select ${roleColumns(sql)} from roles join application_roles on role_id = roles.id
    where application_id = ${applicationId} order by name`;
  return [...roles];
}

/** Fails with SQLSTATE 23503 when a role or the application does not exist. @returns those it did not have yet */
export async function addRolesToApplication(
  sql: Queryable,
  applicationId: string,
  roleIds: string[],
): Promise<string[]> {
  const rows = await sql<{ roleId: string }[]>`
    insert into application_roles (application_id, role_id)
    select ${applicationId}, added.id from unnest(${roleIds}::text[]) as added (id)
    on conflict do nothing returning role_id as "roleId"`;
  return rows.map(({ roleId }) => roleId);
}

export async function removeRoleFromApplication(
  sql: Queryable,
  applicationId: string,
  roleId: string,
): Promise<boolean> {
  const rows = await sql`
    delete from application_roles where application_id = ${applicationId} and role_id = ${roleId}
    returning role_id`;
  return rows.length > 0;
}

export async function mayManage(sql: Queryable, applicationId: string): Promise<boolean> {
  const roles = await listRolesOfApplication(sql, applicationId);
  return roles.some(({ name }) => name === managementRole);
}
