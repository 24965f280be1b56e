import { readdir, readFile } from "node:fs/promises";

import pg from "pg";

import { describeConnection } from "../../src/database/connection.ts";

/** The one home of each SQL function: a file `<name>.sql` has its present body, which a migration repeats. */
const functionsFolder = new URL("../../src/database/functions/", import.meta.url);

/** Reads the files of the SQL functions, by name. */
export async function readFunctions(): Promise<Map<string, string>> {
  const files = (await readdir(functionsFolder)).toSorted();
  const read = async (file: string) =>
    [file.replace(/\.sql$/, ""), await readFile(new URL(file, functionsFolder), "utf8")] as const;
  return new Map(await Promise.all(files.map(read)));
}

/**
 * Compares the functions of a database with their files, and changes nothing there.
 *
 * @param databaseUrl of a login that owns the functions
 * @param files by the name of the function
 * @returns the names of the functions that the files would add or change
 */
export async function listChangedFunctions(
  databaseUrl: string,
  files: ReadonlyMap<string, string>,
): Promise<string[]> {
  const client = new pg.Client(describeConnection(databaseUrl));
  await client.connect();
  try {
    // One function may use another one that is added after it.
    await client.query("begin; set local check_function_bodies = off");
    const changed: string[] = [];
    for (const [name, text] of files) {
      const before = await describeFunction(client, name);
      await client.query(text);
      if ((await describeFunction(client, name)) !== before) changed.push(name);
    }
    return changed;
  } finally {
    await client.end();
  }
}

async function describeFunction(client: pg.Client, name: string): Promise<string> {
  const { rows } = await client.query<{ text: string }>(
    `select concat(pg_get_functiondef(oid), proacl) as text from pg_proc
      where proname = $1 and pronamespace = 'public'::regnamespace order by oid`,
    [name],
  );
  return rows.map(({ text }) => text).join("\n");
}
