import type { Queryable } from "../store/database.ts";
import { defineLinks, defineTable, type Filter, isNamedLike, listPage } from "../store/table.ts";

export type OrganizationScope = { id: string; name: string; description: string | null };
export type OrganizationRole = OrganizationScope & { type: "User" | "MachineToMachine" };
export type RoleName = { id: string; name: string };
export type RoleWithScopes = OrganizationRole & { scopes: RoleName[] };

export const scopeTable = defineTable<OrganizationScope>("organization_scopes", 21);
export const roleTable = defineTable<OrganizationRole>("organization_roles", 21);
export const scopesOfRoles = defineLinks("organization_role_scopes", ["role_id"], "scope_id");

export const listScopes = (sql: Queryable, { q, ...page }: Filter) =>
  listPage(
    sql,
    sql<OrganizationScope[]>`select * from organization_scopes where ${isNamedLike(sql, q)}`,
    sql`name`,
    page,
  );

export const listRoles = (sql: Queryable, { q, ...page }: Filter) =>
  listPage(
    sql,
    sql<RoleWithScopes[]>`
      select organization_roles.*,
        (select coalesce(json_agg(json_build_object('id', scopes.id, 'name', scopes.name) order by scopes.id), '[]')
         from organization_role_scopes as granted join organization_scopes as scopes on scopes.id = granted.scope_id
         where granted.role_id = organization_roles.id) as scopes
      from organization_roles where ${isNamedLike(sql, q)}`,
    sql`name`,
    page,
  );

export async function listScopesOfRole(
  sql: Queryable,
  roleId: string,
): Promise<OrganizationScope[]> {
  const rows = await sql<OrganizationScope[]>`
    select organization_scopes.* from organization_scopes
    join organization_role_scopes on scope_id = id where role_id = ${roleId} order by id`;
  return [...rows];
}

export async function findRoles(
  sql: Queryable,
  { ids = [], names = [] }: { ids?: string[]; names?: string[] },
): Promise<OrganizationRole[]> {
  const rows = await sql<OrganizationRole[]>`
    select * from organization_roles where id = any(${ids}::text[]) or name = any(${names}::text[])`;
  return [...rows];
}
