import { applicationTable } from "../applications/applications.ts";
import type { Queryable } from "../store/database.ts";
import { defineLinks, type Filter, listPage, type Table } from "../store/table.ts";
import type { OrganizationRole, RoleName } from "./organization-roles.ts";
import type { Organization } from "./organizations.ts";
import { userTable } from "./users.ts";

type WithRoles = { organizationRoles: RoleName[] };
type OrganizationOfMember = Organization & WithRoles;
export type Membership = ReturnType<typeof defineMembership<{ id: string }>>;

/** The people of organizations, each with roles there. */
export const people = defineMembership({
  table: userTable,
  links: "organization_users",
  roleLinks: "organization_user_roles",
  column: "user_id",
  searched: ["id", "username", "name", "primary_email", "primary_phone"],
});

/** The machines of organizations, each with roles there: an organization's service accounts. */
export const machines = defineMembership({
  table: applicationTable,
  links: "organization_applications",
  roleLinks: "organization_application_roles",
  column: "application_id",
  searched: ["id", "name"],
});

function defineMembership<Member extends { id: string }>(names: {
  table: Pick<Table<Member>, "name" | "find">;
  links: string;
  roleLinks: string;
  column: string;
  searched: readonly string[];
}) {
  const { links, roleLinks, column, searched } = names;
  const table = names.table.name;

  const fields = (sql: Queryable) =>
    searched
      .map((field) => sql`${sql(`${table}.${field}`)}`)
      .reduce((left, right) => sql`${left}, ${right}`);

  /** The roles that a member has in an organization, by id and name. */
  const rolesThere = (sql: Queryable) => sql`
    (select coalesce(json_agg(json_build_object('id', roles.id, 'name', roles.name) order by roles.id), '[]')
     from ${sql(roleLinks)} as held join organization_roles as roles on roles.id = held.role_id
     where held.organization_id = links.organization_id
       and held.${sql(column)} = links.${sql(column)}) as organization_roles`;

  return {
    members: defineLinks(links, ["organization_id"], column),
    roles: defineLinks(roleLinks, ["organization_id", column], "role_id"),
    /** `q`: part of one of the fields that Logto searches. */
    list(
      sql: Queryable,
      organizationId: string,
      { q = "", ...page }: Filter,
    ): Promise<{ total: number; rows: (Member & WithRoles)[] }> {
      return listPage(
        sql,
        sql<(Member & WithRoles)[]>`
          select ${sql(table)}.*, ${rolesThere(sql)}
          from ${sql(links)} as links join ${sql(table)} on id = links.${sql(column)}
          where links.organization_id = ${organizationId}
            and concat_ws(' ', ${fields(sql)}) ilike ${`%${q}%`}`,
        sql`id`,
        page,
      );
    },
    async listOrganizations(sql: Queryable, id: string): Promise<OrganizationOfMember[]> {
      const rows = await sql<OrganizationOfMember[]>`
        select organizations.*, ${rolesThere(sql)}
        from ${sql(links)} as links join organizations on organizations.id = links.organization_id
        where links.${sql(column)} = ${id} order by organizations.id`;
      return [...rows];
    },
    async listRoles(
      sql: Queryable,
      [organizationId, id]: readonly [string, string],
    ): Promise<OrganizationRole[]> {
      const rows = await sql<OrganizationRole[]>`
        select organization_roles.* from organization_roles join ${sql(roleLinks)} on role_id = id
        where organization_id = ${organizationId} and ${sql(column)} = ${id} order by id`;
      return [...rows];
    },
    /** Names of the permissions that a member has by all roles there. */
    async listScopes(
      sql: Queryable,
      [organizationId, id]: readonly [string, string],
    ): Promise<string[]> {
      const rows = await sql<{ name: string }[]>`
        select distinct organization_scopes.name
        from ${sql(roleLinks)} as held
        join organization_role_scopes as granted on granted.role_id = held.role_id
        join organization_scopes on organization_scopes.id = granted.scope_id
        where held.organization_id = ${organizationId} and held.${sql(column)} = ${id}`;
      return rows.map(({ name }) => name);
    },
  };
}
