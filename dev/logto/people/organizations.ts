import { type JsonObject, type Page, type Queryable, toJson } from "../store/database.ts";
import { createId } from "../store/ids.ts";
import type { User } from "./users.ts";
import { userColumns } from "./users.ts";

export type Organization = {
  id: string;
  name: string;
  description: string | null;
  customData: JsonObject;
  isMfaRequired: boolean;
  color: JsonObject;
  branding: JsonObject;
  customCss: string | null;
  createdAt: Date;
};

export type OrganizationChange = {
  [Field in Exclude<keyof Organization, "id" | "createdAt">]?: Organization[Field] | undefined;
};
export type RoleName = { id: string; name: string };

export const organizationColumns = (sql: Queryable) => sql`
  organizations.id, organizations.name, organizations.description,
  organizations.custom_data as "customData", organizations.is_mfa_required as "isMfaRequired",
  organizations.color, organizations.branding, organizations.custom_css as "customCss",
  organizations.created_at as "createdAt"`;

const rolesOfMembership = (sql: Queryable) => sql`
  (select coalesce(json_agg(json_build_object('id', roles.id, 'name', roles.name) order by roles.id), '[]')
   from organization_user_roles as held join organization_roles as roles on roles.id = held.role_id
   where held.organization_id = organization_users.organization_id
     and held.user_id = organization_users.user_id) as "organizationRoles"`;

function toColumns(sql: Queryable, change: OrganizationChange) {
  return Object.fromEntries(
    Object.entries({
      name: change.name,
      description: change.description,
      custom_data: change.customData && sql.json(toJson(change.customData)),
      is_mfa_required: change.isMfaRequired,
      color: change.color && sql.json(toJson(change.color)),
      branding: change.branding && sql.json(toJson(change.branding)),
      custom_css: change.customCss,
    }).filter(([, value]) => value !== undefined),
  );
}

export async function createOrganization(
  sql: Queryable,
  organization: OrganizationChange,
): Promise<Organization> {
  const values = { id: createId(12), ...toColumns(sql, organization) };
  const [created] = await sql<Organization[]>`
    insert into organizations ${sql(values)} returning ${organizationColumns(sql)}`;
  if (!created) throw new Error("the insert returned no row");
  return created;
}

export async function findOrganization(
  sql: Queryable,
  id: string,
): Promise<Organization | undefined> {
  const [organization] = await sql<Organization[]>`
    select ${organizationColumns(sql)} from organizations where id = ${id}`;
  return organization;
}

export async function updateOrganization(
  sql: Queryable,
  id: string,
  change: OrganizationChange,
): Promise<Organization | undefined> {
  const [organization] = await sql<Organization[]>`
    update organizations set ${sql(toColumns(sql, change))} where id = ${id}
    returning ${organizationColumns(sql)}`;
  return organization;
}

export async function deleteOrganization(sql: Queryable, id: string): Promise<boolean> {
  return (await sql`delete from organizations where id = ${id} returning id`).length > 0;
}

/** Oldest first, as Logto lists them; `q` is part of a name or id, in any case. */
export async function listOrganizations(
  sql: Queryable,
  { q, limit, offset }: Page & { q: string | undefined },
): Promise<{ total: number; organizations: Organization[] }> {
  const matches =
    q === undefined ? sql`true` : sql`(name ilike ${`%${q}%`} or id ilike ${`%${q}%`})`;
  const [count] = await sql<{ total: number }[]>`
    select count(*)::int as total from organizations where ${matches}`;
  const organizations = await sql<Organization[]>`
    select ${organizationColumns(sql)} from organizations where ${matches}
    order by created_at, id limit ${limit} offset ${offset}`;
  return { total: count?.total ?? 0, organizations: [...organizations] };
}

export type OrganizationOfUser = Organization & { organizationRoles: RoleName[] };

export async function listOrganizationsOfUser(
  sql: Queryable,
  userId: string,
): Promise<OrganizationOfUser[]> {
  const rows = await sql<OrganizationOfUser[]>`
    select ${organizationColumns(sql)}, ${rolesOfMembership(sql)}
    from organization_users join organizations on organizations.id = organization_users.organization_id
    where organization_users.user_id = ${userId} order by organizations.id`;
  return [...rows];
}

export type Member = User & { organizationRoles: RoleName[] };

export async function listMembers(
  sql: Queryable,
  organizationId: string,
  { q, limit, offset }: Page & { q: string | undefined },
): Promise<{ total: number; members: Member[] }> {
  const pattern = `%${q ?? ""}%`;
  const from = sql`
    from organization_users join users on users.id = organization_users.user_id
    where organization_users.organization_id = ${organizationId}
      and (${q === undefined} or concat_ws(' ', users.id, users.username, users.name, users.primary_email,
        users.primary_phone) ilike ${pattern})`;
  const [count] = await sql<{ total: number }[]>`select count(*)::int as total ${from}`;
  const members = await sql<Member[]>`
    select ${userColumns(sql)}, ${rolesOfMembership(sql)} ${from}
    order by users.id limit ${limit} offset ${offset}`;
  return { total: count?.total ?? 0, members: [...members] };
}

export async function isMember(
  sql: Queryable,
  organizationId: string,
  userId: string,
): Promise<boolean> {
  const rows = await sql`
    select 1 from organization_users where organization_id = ${organizationId} and user_id = ${userId}`;
  return rows.length > 0;
}

/** Names of what a member may do, by all their roles there. */
export async function listScopesOfMember(
  sql: Queryable,
  organizationId: string,
  userId: string,
): Promise<string[]> {
  const rows = await sql<{ name: string }[]>`
    select distinct organization_scopes.name
    from organization_user_roles as held
    join organization_role_scopes as granted on granted.role_id = held.role_id
    join organization_scopes on organization_scopes.id = granted.scope_id
    where held.organization_id = ${organizationId} and held.user_id = ${userId}`;
  return rows.map(({ name }) => name);
}

/**
 * Adding somebody twice is fine in Logto. An unknown user or organization fails with SQLSTATE 23503.
 *
 * @returns who was not a member before
 */
export async function addMembers(
  sql: Queryable,
  organizationId: string,
  userIds: string[],
): Promise<string[]> {
  const rows = await sql<{ id: string }[]>`
    insert into organization_users (organization_id, user_id)
    select ${organizationId}, added.id from unnest(${userIds}::text[]) as added (id)
    on conflict do nothing returning user_id as id`;
  return rows.map(({ id }) => id);
}

/** Members who stay keep their roles. */
export async function replaceMembers(
  sql: Queryable,
  organizationId: string,
  userIds: string[],
): Promise<{ added: string[]; removed: string[] }> {
  const removed = await sql<{ id: string }[]>`
    delete from organization_users
    where organization_id = ${organizationId} and user_id <> all(${userIds}::text[])
    returning user_id as id`;
  const added = await addMembers(sql, organizationId, userIds);
  return { added, removed: removed.map(({ id }) => id) };
}

export async function removeMember(
  sql: Queryable,
  organizationId: string,
  userId: string,
): Promise<boolean> {
  const rows = await sql`
    delete from organization_users
    where organization_id = ${organizationId} and user_id = ${userId} returning user_id`;
  return rows.length > 0;
}
