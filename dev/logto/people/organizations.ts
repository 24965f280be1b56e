import type { JsonObject, Queryable } from "../store/database.ts";
import { defineTable, type Filter, isNamedLike, listPage } from "../store/table.ts";

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

export const organizationTable = defineTable<Organization>("organizations", 12);

/** Lists the oldest first, as Logto does. */
export const listOrganizations = (sql: Queryable, { q, ...page }: Filter) =>
  listPage(
    sql,
    sql<Organization[]>`select * from organizations where ${isNamedLike(sql, q)}`,
    sql`created_at, id`,
    page,
  );
