import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { applicationRole } from "../../src/database/database.ts";
import { applyMigrations } from "../../src/database/migrate.ts";
import { findFault } from "../database/fitness.ts";
import { createEmptyDatabase, type TestDatabase } from "../support/database.ts";

let database: TestDatabase;
let application: pg.Client;

beforeAll(async () => {
  database = await createEmptyDatabase();
  await applyMigrations(database.url);
  application = new pg.Client({
    connectionString: database.url,
    options: `-c role=${applicationRole}`,
  });
  await application.connect();
});
afterAll(async () => {
  await application.end();
  await database.drop();
});

/** Lists the contents of its schema, with the rights to them. */
const describeSchema = () =>
  database.query<{ kind: string }>(`
    select 'migration' as kind, id::text as name, '' as may from graphile_worker.migrations
    union all
    select c.relkind::text, c.relname, coalesce(c.relacl::text, '') from pg_class c
     where c.relnamespace = 'graphile_worker'::regnamespace
    union all
    select 'policy', polrelid::regclass || ' ' || polname, polroles::regrole[]::text from pg_policy
     where polrelid in (select oid from pg_class where relnamespace = 'graphile_worker'::regnamespace)
    order by 1, 2`);

describe("the tables of jobs", () => {
  it("are made with the migrations, and a second run changes nothing", async () => {
    const made = await describeSchema();
    const count = (kind: string) => made.filter((each) => each.kind === kind).length;
    expect(count("migration")).toBeGreaterThan(15);
    expect(count("policy")).toBeGreaterThan(2);
    await applyMigrations(database.url);
    expect(await describeSchema()).toEqual(made);
  });

  it("can be used by the application's role", async () => {
    const { rows } = await application.query(
      "select (graphile_worker.add_job('test.note', '{}')).id is not null as added",
    );
    expect(rows).toEqual([{ added: true }]);
    const read = await application.query("select identifier from graphile_worker._private_tasks");
    expect(read.rows).toEqual([{ identifier: "test.note" }]);
    expect((await application.query("delete from graphile_worker._private_jobs")).rowCount).toBe(1);
  });

  it.each([
    "drop table graphile_worker._private_jobs",
    "alter table graphile_worker._private_jobs add column x int",
    "truncate graphile_worker._private_jobs",
    "create table graphile_worker.mine ()",
    "create function graphile_worker.mine() returns int language sql as 'select 1'",
    "drop policy of_application on graphile_worker._private_jobs",
    "drop schema graphile_worker cascade",
  ])("cannot be changed by it: %s", async (statement) => {
    await expect(application.query(statement)).rejects.toThrow(/permission denied|must be owner/);
  });

  it("are reported missing at the start when only Prisma's own command has migrated", async () => {
    expect(await findFault(database.url)).toBeUndefined();
    await database.query("drop schema graphile_worker cascade; create schema graphile_worker");
    expect(await findFault(database.url)).toBe(
      "The database lacks the tables of jobs. Run: npm run db:migrate",
    );
    await applyMigrations(database.url);
    expect(await findFault(database.url)).toBeUndefined();
  });
});
