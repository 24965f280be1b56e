import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import postgres from "postgres";
import { afterAll, inject } from "vitest";
import { type Postgres, startPostgres } from "../../dev/postgres.ts";

declare module "vitest" {
  interface ProvidedContext {
    postgresUrl: string;
  }
}

export type TestDatabase = {
  url: string;
  query(statement: string, values: string[]): Promise<void>;
  drop(): Promise<void>;
};

/** An empty database of its own, on the run's PostgreSQL (or, where none is provided, on one for this file). */
export async function createTestDatabase(): Promise<TestDatabase> {
  const superuser = inject("postgresUrl") ?? (await startOwnPostgres()).url;
  const name = `logto_${randomBytes(6).toString("hex")}`;
  await run(superuser, `create database ${name}`);
  const url = new URL(superuser);
  url.pathname = `/${name}`;
  return {
    url: url.href,
    query: (statement, values) => run(url.href, statement, values),
    drop: () => run(superuser, `drop database if exists ${name} with (force)`),
  };
}

async function run(url: string, statement: string, values: string[] = []): Promise<void> {
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  try {
    await sql.unsafe(statement, values);
  } finally {
    await sql.end();
  }
}

// Only until every run provides `postgresUrl`: then this and `startOwnPostgres` can go.
let own: Promise<Postgres> | undefined;

function startOwnPostgres(): Promise<Postgres> {
  own ??= (async () => {
    const directory = await mkdtemp(join(tmpdir(), "logto-stand-in-"));
    const server = await startPostgres({ directory, port: 0, durable: false });
    afterAll(async () => {
      await server.stop();
      await rm(directory, { recursive: true, force: true });
    });
    return server;
  })();
  return own;
}
