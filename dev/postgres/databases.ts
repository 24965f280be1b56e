import { Client } from "pg";
import { locate, parseAddress, settle } from "../../src/database/address.ts";
import { codeOf, describeFault } from "../system/faults.ts";

/**
 * Creates a database on the server that the URL leads to, unless it exists.
 *
 * @returns the URL of that database
 */
export async function createDatabase(serverUrl: string, name: string): Promise<string> {
  const client = new Client({ connectionString: settle(serverUrl) });
  await client.connect().catch((fault: unknown) => {
    throw new Error(`PostgreSQL cannot be used: ${describeFault(fault)}`, { cause: fault });
  });
  try {
    const found = await client.query("select from pg_database where datname = $1", [name]);
    if (found.rowCount === 0) {
      await client.query(`create database ${client.escapeIdentifier(name)}`);
    }
  } catch (fault) {
    // Another process was faster: duplicate_database, or unique_violation when both tried at once.
    const code = codeOf(fault);
    if (code !== "42P04" && code !== "23505") throw fault;
  } finally {
    await client.end();
  }
  return withDatabase(serverUrl, name);
}

/**
 * Lists the migrations that were applied to a database and are not among those known, oldest first. Their folder was
 * deleted, or the developer is on another branch.
 */
export async function findUnknownMigrations(
  databaseUrl: string,
  known: readonly string[],
): Promise<string[]> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const history = await client.query("select to_regclass('public._prisma_migrations') as name");
    if (history.rows[0]?.name === null) return [];
    const { rows } = await client.query<{ name: string }>(
      `select migration_name as name from _prisma_migrations
        where finished_at is not null and rolled_back_at is null and migration_name <> all ($1)
        order by started_at, migration_name`,
      [known],
    );
    return rows.map(({ name }) => name);
  } finally {
    await client.end();
  }
}

/** Drops the database that a URL names, by way of the database `postgres`. Connections to it are ended. */
export async function dropDatabase(databaseUrl: string): Promise<void> {
  const { database: name = "" } = locate(databaseUrl);
  const client = new Client({ connectionString: settle(withDatabase(databaseUrl, "postgres")) });
  await client.connect();
  try {
    await client.query(`drop database if exists ${client.escapeIdentifier(name)} with (force)`);
  } finally {
    await client.end();
  }
}

/** @returns the address of another database of the same server */
export function withDatabase(address: string, name: string): string {
  const url = parseAddress(address) ?? new URL(address);
  url.pathname = `/${encodeURIComponent(name)}`;
  return url.href;
}
