import type { Page, Queryable } from "../store/database.ts";
import { createId } from "../store/ids.ts";
import type { RoleName } from "./organizations.ts";

export type OrganizationRole = {
  id: string;
  name: string;
  description: string | null;
  type: "User" | "MachineToMachine";
};
export type OrganizationScope = { id: string; name: string; description: string | null };
export type Named = { name: string; description?: string | null | undefined };

const roleColumns = (sql: Queryable) => sql`
  organization_roles.id, organization_roles.name, organization_roles.description, organization_roles.type`;
const scopeColumns = (sql: Queryable) => sql`
  organization_scopes.id, organization_scopes.name, organization_scopes.description`;

type Filter = { q: string | undefined } & Partial<Page>;

export async function listScopes(
  sql: Queryable,
  { q, limit, offset = 0 }: Filter,
): Promise<{ total: number; scopes: OrganizationScope[] }> {
  const matches =
    q === undefined ? sql`true` : sql`(name ilike ${`%${q}%`} or id ilike ${`%${q}%`})`;
  const [count] = await sql<{ total: number }[]>`
    select count(*)::int as total from organization_scopes where ${matches}`;
  const scopes = await sql<OrganizationScope[]>`
    select ${scopeColumns(sql)} from organization_scopes where ${matches}
    order by name limit ${limit ?? null} offset ${offset}`;
  return { total: count?.total ?? 0, scopes: [...scopes] };
}

export async function findScope(
  sql: Queryable,
  id: string,
): Promise<OrganizationScope | undefined> {
  const [scope] = await sql<OrganizationScope[]>`
    select ${scopeColumns(sql)} from organization_scopes where id = ${id}`;
  return scope;
}

/** Fails with SQLSTATE 23505 when the name is taken. */
export async function createScope(
  sql: Queryable,
  { name, description }: Named,
): Promise<OrganizationScope> {
  const [scope] = await sql<OrganizationScope[]>`
    insert into organization_scopes (id, name, description)
    values (${createId(21)}, ${name}, ${description ?? null}) returning ${scopeColumns(sql)}`;
  if (!scope) throw new Error("the insert returned no row");
  return scope;
}

export type RoleWithScopes = OrganizationRole & { scopes: RoleName[] };

export async function listRoles(
  sql: Queryable,
  { q, limit, offset }: { q: string | undefined } & Page,
): Promise<{ total: number; roles: RoleWithScopes[] }> {
  const matches =
    q === undefined ? sql`true` : sql`(name ilike ${`%${q}%`} or id ilike ${`%${q}%`})`;
  const [count] = await sql<{ total: number }[]>`
    select count(*)::int as total from organization_roles where ${matches}`;
  const roles = await sql<RoleWithScopes[]>`
    select ${roleColumns(sql)},
      (select coalesce(json_agg(json_build_object('id', scopes.id, 'name', scopes.name) order by scopes.id), '[]')
       from organization_role_scopes as granted join organization_scopes as scopes on scopes.id = granted.scope_id
       where granted.role_id = organization_roles.id) as scopes
    from organization_roles where ${matches} order by name limit ${limit} offset ${offset}`;
  return { total: count?.total ?? 0, roles: [...roles] };
}

export async function findRole(sql: Queryable, id: string): Promise<OrganizationRole | undefined> {
  const [role] = await sql<OrganizationRole[]>`
    select ${roleColumns(sql)} from organization_roles where id = ${id}`;
  return role;
}

/** Fails with SQLSTATE 23505 when the name is taken, 23503 when a scope is unknown. */
export async function createRole(
  sql: Queryable,
  role: Named & { type: OrganizationRole["type"]; scopeIds: string[] },
): Promise<OrganizationRole> {
  const [created] = await sql<OrganizationRole[]>`
    insert into organization_roles (id, name, description, type)
    values (${createId(21)}, ${role.name}, ${role.description ?? null}, ${role.type})
    returning ${roleColumns(sql)}`;
  if (!created) throw new Error("the insert returned no row");
  await addScopesToRole(sql, created.id, role.scopeIds);
  return created;
}

export async function updateNamed(
  sql: Queryable,
  table: "organization_roles" | "organization_scopes",
  id: string,
  change: Partial<Named>,
): Promise<boolean> {
  const rows = await sql`update ${sql(table)} set ${sql(change)} where id = ${id} returning id`;
  return rows.length > 0;
}

export async function deleteNamed(
  sql: Queryable,
  table: "organization_roles" | "organization_scopes",
  id: string,
): Promise<boolean> {
  return (await sql`delete from ${sql(table)} where id = ${id} returning id`).length > 0;
}

export async function listScopesOfRole(
  sql: Queryable,
  roleId: string,
): Promise<OrganizationScope[]> {
  const rows = await sql<OrganizationScope[]>`
    select ${scopeColumns(sql)} from organization_scopes
    join organization_role_scopes on scope_id = id where role_id = ${roleId} order by id`;
  return [...rows];
}

export async function addScopesToRole(
  sql: Queryable,
  roleId: string,
  scopeIds: string[],
): Promise<void> {
  await sql`
    insert into organization_role_scopes (role_id, scope_id)
    select ${roleId}, added.id from unnest(${scopeIds}::text[]) as added (id) on conflict do nothing`;
}

export async function replaceScopesOfRole(
  sql: Queryable,
  roleId: string,
  scopeIds: string[],
): Promise<void> {
  await sql`delete from organization_role_scopes where role_id = ${roleId}`;
  await addScopesToRole(sql, roleId, scopeIds);
}

export async function removeScopeFromRole(
  sql: Queryable,
  roleId: string,
  scopeId: string,
): Promise<boolean> {
  const rows = await sql`
    delete from organization_role_scopes where role_id = ${roleId} and scope_id = ${scopeId} returning role_id`;
  return rows.length > 0;
}

export async function findRolesByName(
  sql: Queryable,
  names: string[],
): Promise<OrganizationRole[]> {
  const rows = await sql<OrganizationRole[]>`
    select ${roleColumns(sql)} from organization_roles where name = any(${names}::text[])`;
  return [...rows];
}

export async function findRolesById(sql: Queryable, ids: string[]): Promise<OrganizationRole[]> {
  const rows = await sql<OrganizationRole[]>`
    select ${roleColumns(sql)} from organization_roles where id = any(${ids}::text[])`;
  return [...rows];
}

export async function listRolesOfMember(
  sql: Queryable,
  organizationId: string,
  userId: string,
): Promise<OrganizationRole[]> {
  const rows = await sql<OrganizationRole[]>`
    select ${roleColumns(sql)} from organization_roles
    join organization_user_roles on role_id = id
    where organization_id = ${organizationId} and user_id = ${userId} order by id`;
  return [...rows];
}

/** Fails with SQLSTATE 23503 when a role or the membership does not exist. */
export async function addRolesToMember(
  sql: Queryable,
  organizationId: string,
  userId: string,
  roleIds: string[],
): Promise<void> {
  await sql`
    insert into organization_user_roles (organization_id, user_id, role_id)
    select ${organizationId}, ${userId}, added.id from unnest(${roleIds}::text[]) as added (id)
    on conflict do nothing`;
}

export async function replaceRolesOfMember(
  sql: Queryable,
  organizationId: string,
  userId: string,
  roleIds: string[],
): Promise<void> {
  await sql`
    delete from organization_user_roles where organization_id = ${organizationId} and user_id = ${userId}`;
  await addRolesToMember(sql, organizationId, userId, roleIds);
}

export async function removeRoleFromMember(
  sql: Queryable,
  organizationId: string,
  userId: string,
  roleId: string,
): Promise<boolean> {
  const rows = await sql`
    delete from organization_user_roles
    where organization_id = ${organizationId} and user_id = ${userId} and role_id = ${roleId}
    returning role_id`;
  return rows.length > 0;
}
