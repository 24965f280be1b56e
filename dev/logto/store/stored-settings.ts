import { type Queryable, toJson } from "./database.ts";

/** What the operator has set of one kind, by member; what is missing is as a fresh Logto has it. */
export async function readStored(sql: Queryable, name: string): Promise<object> {
  const [row] = await sql<{ value: object }[]>`select value from settings where name = ${name}`;
  return row?.value ?? {};
}

/** Each member given replaces what was there, whole. */
export async function changeStored(sql: Queryable, name: string, change: object): Promise<void> {
  await sql`
    insert into settings (name, value) values (${name}, ${sql.json(toJson(change))})
    on conflict (name) do update set value = settings.value || excluded.value`;
}
