import { randomBytes } from "node:crypto";

import pg from "pg";
import { inject } from "vitest";

export type TestDatabase = {
  /** Of the superuser, who owns the tables. */
  url: string;
  /** Runs one statement as the superuser, past row-level security. */
  query<Row extends object>(statement: string, values?: unknown[]): Promise<Row[]>;
  drop(): Promise<void>;
};

/** A database of one's own: migrated, and otherwise empty. */
export function createTestDatabase(): Promise<TestDatabase> {
  // Copying files takes half the time of writing them to the log, which nobody reads here.
  return createDatabase(`template ${inject("templateDatabase")} strategy file_copy`);
}

/** A database of one's own with nothing in it. */
export function createEmptyDatabase(): Promise<TestDatabase> {
  return createDatabase("");
}

async function createDatabase(options: string): Promise<TestDatabase> {
  const superuserUrl = inject("postgresUrl");
  const name = `test_${randomBytes(8).toString("hex")}`;
  await runOnce(superuserUrl, `create database ${name} ${options}`);
  const url = new URL(superuserUrl);
  url.pathname = `/${name}`;
  // Two: while one waits for a lock that a test holds, the other releases it.
  const pool = new pg.Pool({ connectionString: url.href, max: 2 });
  // Some tests end every connection; the next query opens another one.
  pool.on("error", () => undefined);
  return {
    url: url.href,
    query: async (statement, values = []) => (await pool.query(statement, values)).rows,
    drop: async () => {
      await pool.end();
      await runOnce(superuserUrl, `drop database if exists ${name} with (force)`);
    },
  };
}

async function runOnce<Row extends object>(
  connectionString: string,
  statement: string,
  values: unknown[] = [],
): Promise<Row[]> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    return (await client.query<Row>(statement, values)).rows;
  } finally {
    await client.end();
  }
}
