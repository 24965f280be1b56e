import type { Page, Queryable } from "../store/database.ts";
import { type User, userColumns } from "../people/users.ts";
import { ManagementError } from "./errors.ts";

const columns: Record<string, string> = {
  id: "id",
  primaryEmail: "primary_email",
  primaryPhone: "primary_phone",
  username: "username",
  name: "name",
};

/**
 * Logto's user search: `search` over every field, or `search.<field>` with `mode.<field>`; `like` (the default, any
 * case, `%` and `_` as in SQL) and `exact` are supported; several fields are joined by `or`, or by `joint=and`.
 */
export async function searchUsers(
  sql: Queryable,
  query: URLSearchParams,
  { limit, offset }: Page,
): Promise<{ total: number; users: User[] }> {
  const conditions = [...query]
    .filter(([key]) => key === "search" || key.startsWith("search."))
    .map(([key, value]) => buildCondition(sql, query, key.slice("search.".length), value));
  const joint = query.get("joint") === "and" ? sql` and ` : sql` or `;
  const matches =
    conditions.length === 0
      ? sql`true`
      : conditions.reduce((left, right) => sql`${left}${joint}${right}`);
  const excluded = query.get("excludeOrganizationId");
  const where = sql`
    where (${matches}) and not exists (
      select 1 from organization_users
      where organization_users.user_id = users.id and organization_users.organization_id = ${excluded})`;
  const [count] = await sql<{ total: number }[]>`select count(*)::int as total from users ${where}`;
  const users = await sql<User[]>`
    select ${userColumns(sql)} from users ${where}
    order by users.created_at desc, users.id limit ${limit} offset ${offset}`;
  return { total: count?.total ?? 0, users: [...users] };
}

function buildCondition(sql: Queryable, query: URLSearchParams, field: string, value: string) {
  const mode = query.get(field ? `mode.${field}` : "mode") ?? "like";
  if (mode !== "like" && mode !== "exact")
    throw invalidInput(`Search mode \`${mode}\` is not supported here.`);
  const compare = (column: string) =>
    mode === "exact"
      ? sql`users.${sql(column)} = ${value}`
      : sql`users.${sql(column)} ilike ${value}`;
  if (!field) {
    return sql`(${Object.values(columns)
      .map(compare)
      .reduce((left, right) => sql`${left} or ${right}`)})`;
  }
  const column = columns[field];
  if (!column) {
    const known = Object.values(columns).join(", ");
    throw invalidInput(`Search field \`${field}\` is not valid, expect one of ${known}.`);
  }
  return sql`(${compare(column)})`;
}

function invalidInput(reason: string): ManagementError {
  return new ManagementError(400, "request.invalid_input", `Input is invalid. ${reason}`, {
    data: {},
  });
}
