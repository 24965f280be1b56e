import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";

import pg from "pg";
import { inject } from "vitest";

import { restoreTemplate } from "./template.ts";

export type TestDatabase = {
  /** The address for the superuser, who owns the tables. */
  url: string;
  /** Runs one statement as the superuser, past row-level security. */
  query<Row extends object>(statement: string, values?: unknown[]): Promise<Row[]>;
  drop(): Promise<void>;
};

/** Makes a database that is migrated and otherwise empty. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const name = await (prepared.shift() ?? cloneTemplate());
  return openDatabase(name, () => {
    const next = emptyDatabase(name).then((isEmptied) => (isEmptied ? name : cloneTemplate()));
    // The next file that takes it gets the error.
    next.catch(() => undefined);
    prepared.push(next);
  });
}

/** Databases for the next files. Emptying one costs a tenth of copying the template again. */
const prepared: Promise<string>[] = [];

const cloneTemplate = () => createDatabase(`template ${inject("templateDatabase")}`);

/**
 * Empties a clone of the template.
 *
 * @returns whether that worked; otherwise it is dropped, since it is in use, has another schema, or has grown
 */
async function emptyDatabase(name: string): Promise<boolean> {
  const isEmptied = (await isUnused(name)) && (await restoreTemplate(urlOf(name)));
  if (!isEmptied) void dropUnused(name);
  return isEmptied;
}

/** Makes a database without any table. */
export async function createEmptyDatabase(): Promise<TestDatabase> {
  const name = await createDatabase("");
  return openDatabase(name, () => void dropUnused(name));
}

async function createDatabase(options: string): Promise<string> {
  const name = `test_${randomBytes(8).toString("hex")}`;
  await administer(`create database ${name} ${options}`);
  return name;
}

const urlOf = (name: string) => {
  const url = new URL(inject("postgresUrl"));
  url.pathname = `/${name}`;
  return url.href;
};

/** @param abandon runs after the end, and is not awaited */
function openDatabase(name: string, abandon: () => void): TestDatabase {
  const url = urlOf(name);
  // Two: while one waits for a lock that a test holds, the other releases it.
  const pool = new pg.Pool({ connectionString: url, max: 2 });
  // Some tests end every connection; the next query opens another one.
  pool.on("error", () => undefined);
  return {
    url,
    query: async (statement, values = []) => (await pool.query(statement, values)).rows,
    drop: async () => {
      await pool.end();
      abandon();
    },
  };
}

/** A pool has ended before its connections have, and a connection that is cut then throws. */
async function isUnused(name: string): Promise<boolean> {
  for (let attempt = 0; attempt < 20; attempt += 1) {
    const { rowCount } = await administer("select from pg_stat_activity where datname = $1", [
      name,
    ]);
    if (rowCount === 0) return true;
    await sleep(50);
  }
  return false;
}

/** Drops a database to free the disk. The end of the server removes the others. */
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
function administer(statement: string, values: unknown[] = []): Promise<pg.QueryResult> {
  if (!administrators) {
    const connectionString = inject("postgresUrl");
    administrators = new pg.Pool({ connectionString, allowExitOnIdle: true });
    // The server may stop before this process does.
    administrators.on("error", () => undefined);
  }
  return administrators.query(statement, values);
}

let administrators: pg.Pool | undefined;
