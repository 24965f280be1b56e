import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";

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
export async function createTestDatabase(): Promise<TestDatabase> {
  const taken = prepared ?? cloneTemplate();
  prepared = cloneTemplate();
  // It is told to whoever takes it.
  prepared.catch(() => undefined);
  return openDatabase(await taken);
}

/** The next clone is made while a file's tests run: it takes longer than many of them. */
let prepared: Promise<string> | undefined;

// Copying files takes half the time of writing them to the log, which nobody reads here.
const cloneTemplate = () =>
  createDatabase(`template ${inject("templateDatabase")} strategy file_copy`);

/** A database of one's own with nothing in it. */
export async function createEmptyDatabase(): Promise<TestDatabase> {
  return openDatabase(await createDatabase(""));
}

async function createDatabase(options: string): Promise<string> {
  const name = `test_${randomBytes(8).toString("hex")}`;
  await administer(`create database ${name} ${options}`);
  return name;
}

function openDatabase(name: string): TestDatabase {
  const url = new URL(inject("postgresUrl"));
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
      // Nobody waits for that.
      void dropUnused(name);
    },
  };
}

/**
 * Frees the disk. A pool says that it has ended before its connections have, and one that is cut off meanwhile throws;
 * so this waits until nobody is connected. What is left goes with the server.
 */
async function dropUnused(name: string): Promise<void> {
  for (let attempt = 0; attempt < 20; attempt += 1) {
    const isDropped = await administer(`drop database if exists ${name}`).then(
      () => true,
      () => false,
    );
    if (isDropped) return;
    await sleep(250, undefined, { ref: false });
  }
}

/** Runs a statement as the superuser, in the database that is always there. */
function administer(statement: string): Promise<unknown> {
  if (!administrators) {
    const connectionString = inject("postgresUrl");
    administrators = new pg.Pool({ connectionString, allowExitOnIdle: true });
    // The server may stop before this process does.
    administrators.on("error", () => undefined);
  }
  return administrators.query(statement);
}

let administrators: pg.Pool | undefined;
