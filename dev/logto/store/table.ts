import type postgres from "postgres";
import { type Page, type Queryable, toJson } from "./database.ts";
import { createId } from "./ids.ts";

type Fragment = postgres.PendingQuery<postgres.Row[]>;

/** New values of a row. A field that is undefined stays as it is; an object replaces what was there, whole. */
export type Change<Row> = {
  [Field in Exclude<keyof Row, "id" | "createdAt">]?: Row[Field] | undefined;
};

/** The columns that a change sets: objects are stored as JSON. */
export function toColumns(sql: Queryable, change: object) {
  const columns: Record<string, postgres.ParameterOrJSON<never>> = {};
  const fields: Record<string, unknown> = { ...change };
  for (const [field, value] of Object.entries(fields)) {
    if (value === null || typeof value === "string" || typeof value === "boolean")
      columns[field] = value;
    else if (value instanceof Date) columns[field] = value;
    else if (typeof value === "object") columns[field] = sql.json(toJson(value));
  }
  return columns;
}

export type Table<Row extends { id: string }> = ReturnType<typeof defineTable<Row>>;

/** Reads and changes the rows of a table by their id. */
export function defineTable<Row extends { id: string }>(name: string, idLength: 12 | 21) {
  return {
    name,
    async find(sql: Queryable, id: string): Promise<Row | undefined> {
      const [row] = await sql<Row[]>`select * from ${sql(name)} where id = ${id}`;
      return row;
    },
    async create(sql: Queryable, change: Change<Row>): Promise<Row> {
      const columns = { id: createId(idLength), ...toColumns(sql, change) };
      const [row] = await sql<Row[]>`insert into ${sql(name)} ${sql(columns)} returning *`;
      if (!row) throw new Error("the insert returned no row");
      return row;
    },
    async update(sql: Queryable, id: string, change: Change<Row>): Promise<Row | undefined> {
      const [row] = await sql<Row[]>`
        update ${sql(name)} set ${sql(toColumns(sql, change))} where id = ${id} returning *`;
      return row;
    },
    async delete(sql: Queryable, id: string): Promise<boolean> {
      return (await sql`delete from ${sql(name)} where id = ${id} returning id`).length > 0;
    },
  };
}

/** Adds and removes the links of a table that joins things: `item` is the column of what belongs to the owner. */
export function defineLinks(name: string, owner: readonly string[], item: string) {
  const isOf = (sql: Queryable, ids: readonly string[]) =>
    owner
      .map((column, index) => sql`${sql(column)} = ${ids[index] ?? ""}`)
      .reduce((left, right) => sql`${left} and ${right}`);

  /** Fails with SQLSTATE 23503 when one does not exist. @returns the items that were not linked before */
  async function add(sql: Queryable, ids: readonly string[], items: string[]): Promise<string[]> {
    const join = (left: Fragment, right: Fragment) => sql`${left}, ${right}`;
    const columns = [...owner, item].map((column) => sql`${sql(column)}`).reduce(join);
    const values = ids.map((id) => sql`${id}`).reduce(join);
    const rows = await sql<{ id: string }[]>`
      insert into ${sql(name)} (${columns})
      select ${values}, added.id from unnest(${items}::text[]) as added (id)
      on conflict do nothing returning ${sql(item)} as id`;
    return rows.map(({ id }) => id);
  }

  return {
    add,
    /** Links that stay are not touched. */
    async replace(
      sql: Queryable,
      ids: readonly string[],
      items: string[],
    ): Promise<{ added: string[]; removed: string[] }> {
      const removed = await sql<{ id: string }[]>`
        delete from ${sql(name)} where ${isOf(sql, ids)} and ${sql(item)} <> all(${items}::text[])
        returning ${sql(item)} as id`;
      return { added: await add(sql, ids, items), removed: removed.map(({ id }) => id) };
    },
    async remove(sql: Queryable, ids: readonly string[], id: string): Promise<boolean> {
      const rows = await sql`
        delete from ${sql(name)} where ${isOf(sql, ids)} and ${sql(item)} = ${id} returning 1`;
      return rows.length > 0;
    },
    async has(sql: Queryable, ids: readonly string[], id: string): Promise<boolean> {
      const rows = await sql`
        select 1 from ${sql(name)} where ${isOf(sql, ids)} and ${sql(item)} = ${id}`;
      return rows.length > 0;
    },
    async list(sql: Queryable, ids: readonly string[]): Promise<string[]> {
      const rows = await sql<{ id: string }[]>`
        select ${sql(item)} as id from ${sql(name)} where ${isOf(sql, ids)}
        order by ${sql(item)} collate "C"`;
      return rows.map(({ id }) => id);
    },
  };
}

/** Which part of a list. `q`: part of a name or of an id, in any case. */
export type Filter = { q?: string | undefined } & Partial<Page>;

/** Reads a page of what a query finds, or all of it, and how much there is. */
export async function listPage<Row extends object>(
  sql: Queryable,
  query: postgres.PendingQuery<Row[]>,
  order: Fragment,
  { limit, offset = 0 }: Partial<Page> = {},
): Promise<{ total: number; rows: Row[] }> {
  const [count] = await sql<{ total: number }[]>`
    select count(*)::int as total from (${query}) as found`;
  const rows = await sql<Row[]>`
    select * from (${query}) as found order by ${order} limit ${limit ?? null} offset ${offset}`;
  return { total: count?.total ?? 0, rows: [...rows] };
}

export const isNamedLike = (sql: Queryable, q: string | undefined) =>
  q === undefined ? sql`true` : sql`(name ilike ${`%${q}%`} or id ilike ${`%${q}%`})`;
