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
