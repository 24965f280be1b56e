import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import pg from "pg";
import type { TestProject } from "vitest/node";

import { startPostgres } from "../../dev/postgres/postgres.ts";
import { applyMigrations } from "../../src/database/migrate.ts";
import { describeTemplate } from "./template.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** The address of the run's own PostgreSQL, for the superuser. */
    postgresUrl: string;
    /** A migrated database, to be cloned. */
    templateDatabase: string;
  }
}

/** Sets the time zone of the server: docs/development.md, "Tests". */
async function keepZone(url: string): Promise<void> {
  const zone = process.env["TEST_DATABASE_ZONE"];
  if (zone === undefined) return;
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(`alter role all set timezone = ${client.escapeLiteral(zone)}`);
  await client.end();
}

/** Starts one PostgreSQL for the whole run, and migrates one database in it, which every test file clones. */
export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const directory = await mkdtemp(join(tmpdir(), "test-"));
  const postgres = await startPostgres({ directory, port: 0, durable: false });
  const templateDatabase = "template";
  const url = await postgres.createDatabase(templateDatabase);
  await keepZone(postgres.url);
  await applyMigrations(url);
  const { templateSchema, emptyingSql } = await describeTemplate(url);
  project.provide("templateSchema", templateSchema);
  project.provide("emptyingSql", emptyingSql);
  project.provide("postgresUrl", postgres.url);
  project.provide("templateDatabase", templateDatabase);
  return async () => {
    await postgres.stop();
    await rm(directory, { recursive: true, force: true });
  };
}
