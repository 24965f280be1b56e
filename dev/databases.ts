import { Client } from "pg";
import { locate, parseAddress, settle } from "../src/database/address.ts";
import { codeOf, describeFault } from "./faults.ts";

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
    // Somebody else was faster: duplicate_database, or its unique_violation when both were at it.
    const code = codeOf(fault);
    if (code !== "42P04" && code !== "23505") throw fault;
  } finally {
    await client.end();
  }
  return withDatabase(serverUrl, name);
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

/** The address of another database of the same server. */
export function withDatabase(address: string, name: string): string {
  const url = parseAddress(address) ?? new URL(address);
  url.pathname = `/${encodeURIComponent(name)}`;
  return url.href;
}
