import type { User } from "../people/users.ts";
import type { Page, Queryable } from "../store/database.ts";
import { listPage } from "../store/table.ts";
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
 * case, `%` and `_` as in SQL) and `exact` are supported. A user is found who fits one of several conditions.
 */
export async function searchUsers(
  sql: Queryable,
  query: URLSearchParams,
  page: Page | undefined,
): Promise<{ total: number; rows: User[] }> {
  const conditions = [...query]
    .filter(([key]) => key === "search" || key.startsWith("search."))
    .map(([key, value]) => buildCondition(sql, query, key.slice("search.".length), value));
  const matches =
    conditions.length === 0
      ? sql`true`
      : conditions.reduce((left, right) => sql`${left} or ${right}`);
  return listPage(
    sql,
    sql<User[]>`select * from users where ${matches}`,
    sql`created_at desc, id`,
    page,
  );
}

function buildCondition(sql: Queryable, query: URLSearchParams, field: string, value: string) {
  const mode = query.get(field ? `mode.${field}` : "mode") ?? "like";
  if (mode !== "like" && mode !== "exact")
    throw invalidInput(`Search mode \`${mode}\` is not supported here.`);
  const column = columns[field];
  if (field && !column) {
    const known = Object.values(columns).join(", ");
    throw invalidInput(`Search field \`${field}\` is not valid, expect one of ${known}.`);
  }
  return (column ? [column] : Object.values(columns))
    .map((name) =>
      mode === "exact" ? sql`${sql(name)} = ${value}` : sql`${sql(name)} ilike ${value}`,
    )
    .reduce((left, right) => sql`${left} or ${right}`);
}

function invalidInput(reason: string): ManagementError {
  return new ManagementError(400, "request.invalid_input", `Input is invalid. ${reason}`, {
    data: {},
  });
}
