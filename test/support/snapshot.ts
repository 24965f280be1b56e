import type { Organization, RunningApplication } from "./application.ts";

/** Reads all rows of an organization in all tables, so that a test can see that none has changed. */
export async function readEverythingOf(
  { query }: Pick<RunningApplication, "query">,
  { id }: Pick<Organization, "id">,
): Promise<Record<string, unknown[]>> {
  const tables = await query<{ name: string; key: string }>(`
    select c.relname as name, a.attname as key
      from pg_class c join pg_attribute a on a.attrelid = c.oid and not a.attisdropped
     where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace
       and a.attname = case when c.relname = 'organizations' then 'id' else 'organization_id' end`);
  const selects = tables.map(
    ({ name, key }) =>
      `select '${name}' as name, jsonb_agg(to_jsonb(t) order by to_jsonb(t)) as rows from "${name}" t where "${key}" = $1`,
  );
  const contents = await query<{ name: string; rows: unknown[] | null }>(
    selects.join(" union all "),
    [id],
  );
  return Object.fromEntries(contents.map(({ name, rows }) => [name, rows ?? []]));
}

/** Reads every row of every table, except these tables and columns, so that a test can see that none has changed. */
export async function readEverything(
  { query }: Pick<RunningApplication, "query">,
  without: { tables?: readonly string[]; columns?: readonly string[] } = {},
): Promise<Record<string, Record<string, unknown>[]>> {
  const names = await query<{ name: string }>(
    `select relname as name from pg_class
      where relkind = 'r' and relnamespace = 'public'::regnamespace and relname <> all ($1)`,
    [without.tables ?? []],
  );
  const selects = names.map(
    ({ name }) => `select '${name}' as name, to_jsonb(t) - $1::text[] as row from "${name}" t`,
  );
  const rows = await query<{ name: string; row: Record<string, unknown> }>(
    `${selects.join(" union all ")} order by 1, 2`,
    [without.columns ?? []],
  );
  const ofTable = (table: string) => rows.filter(({ name }) => name === table);
  return Object.fromEntries(names.map(({ name }) => [name, ofTable(name).map(({ row }) => row)]));
}
