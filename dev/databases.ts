import { Client } from "pg";
import { codeOf, describeFault } from "./faults.ts";

/**
 * Creates a database on the server that the URL leads to, unless it exists.
 *
 * @returns the URL of that database
 */
export async function createDatabase(serverUrl: string, name: string): Promise<string> {
  const client = new Client({ connectionString: serverUrl });
  await client.connect().catch((fault: unknown) => {
    throw new Error(`PostgreSQL cannot be used: ${describeFault(fault)}`, { cause: fault });
  });
  try {
    const found = await client.query("select from pg_database where datname = $1", [name]);
    if (found.rowCount === 0) {
      await client.query(`create database ${client.escapeIdentifier(name)}`);
    }
  } catch (fault) {
    // Somebody else was faster: duplicate_database, or its unique_violation when both were at it.
    const code = codeOf(fault);
    if (code !== "42P04" && code !== "23505") throw fault;
  } finally {
    await client.end();
  }
  const url = new URL(serverUrl);
  url.pathname = `/${encodeURIComponent(name)}`;
  return url.href;
}

/**
 * The migrations that were applied to a database and are not among those known, oldest first: somebody has deleted their folder, or
 * works on another branch.
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
  const url = new URL(databaseUrl);
  const name = decodeURIComponent(url.pathname.slice(1));
  url.pathname = "/postgres";
  const client = new Client({ connectionString: url.href });
  await client.connect();
  try {
    await client.query(`drop database if exists ${client.escapeIdentifier(name)} with (force)`);
  } finally {
    await client.end();
  }
}
