import { type Queryable, toJson } from "./database.ts";

/** Reads what the operator has set of one kind, by member. A missing member is as in a fresh Logto. */
export async function readStored(sql: Queryable, name: string): Promise<object> {
  const [row] = await sql<{ value: object }[]>`select value from settings where name = ${name}`;
  return row?.value ?? {};
}

/** Each given member replaces the old one, whole. */
export async function changeStored(sql: Queryable, name: string, change: object): Promise<void> {
  await sql`
    insert into settings (name, value) values (${name}, ${sql.json(toJson(change))})
    on conflict (name) do update set value = settings.value || excluded.value`;
}
