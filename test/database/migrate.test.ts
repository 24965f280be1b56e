import { createHash } from "node:crypto";
import { once } from "node:events";
import { cp, mkdtemp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { pathToFileURL } from "node:url";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { applyMigrations } from "../../src/database/migrate.ts";
import { listMigrations } from "../../src/database/migrations.ts";
import { createEmptyDatabase, type TestDatabase } from "../support/database.ts";
import { repetitions } from "../support/endurance.ts";
import { useProcesses } from "../support/processes.ts";
import { connected } from "../support/template.ts";

const ours = join(import.meta.dirname, "../../prisma/migrations");

const processes = useProcesses();

let database: TestDatabase;
let directory: string;
let folder: URL;

beforeEach(async () => {
  database = await createEmptyDatabase();
  directory = await mkdtemp(join(tmpdir(), "migrations-"));
  folder = pathToFileURL(`${directory}/`);
  await cp(join(ours, "migration_lock.toml"), join(directory, "migration_lock.toml"));
});

afterEach(async () => {
  await database.drop();
  await rm(directory, { recursive: true, force: true });
});

async function writeMigration(name: string, script: string): Promise<void> {
  await mkdir(join(directory, name), { recursive: true });
  await writeFile(join(directory, name, "migration.sql"), script);
}

const listTables = async () =>
  (
    await database.query<{ name: string }>(
      "select tablename as name from pg_tables where schemaname = 'public' and tablename <> '_prisma_migrations' order by 1",
    )
  ).map(({ name }) => name);

const readHistory = () =>
  database.query(
    `select migration_name as name, finished_at is not null as "isFinished", rolled_back_at is not null as "isRolledBack"
       from _prisma_migrations order by started_at`,
  );

describe("applyMigrations()", () => {
  it("applies all migrations, and nothing the second time", async () => {
    const names = await listMigrations();
    expect(names.length).toBeGreaterThan(0);
    expect(await applyMigrations(database.url)).toEqual(names);
    expect(await listTables()).toContain("memberships");
    expect(await applyMigrations(database.url)).toEqual([]);
    expect(await readHistory()).toEqual(
      names.map((name) => ({ name, isFinished: true, isRolledBack: false })),
    );
  });

  it("leaves the table that `prisma migrate deploy` leaves, checksums included", async () => {
    await writeMigration("1_things", "create table things ()");
    await applyMigrations(database.url, folder);
    const checksum = createHash("sha256").update("create table things ()").digest("hex");
    expect(
      await database.query(
        "select checksum, applied_steps_count as steps, logs from _prisma_migrations",
      ),
    ).toEqual([{ checksum, steps: 1, logs: null }]);
  });

  it("applies each once when several processes start at once", async () => {
    const lingered: number[] = [];
    const environment = { DATABASE_URL: database.url };
    const count = repetitions(5, 2);
    const runs = await Promise.all(
      Array.from({ length: count }, async () => {
        const child = processes.start("src/database/migrate-command.ts", { environment });
        let said = 0;
        child.stdout.once("data", () => (said = performance.now()));
        const [stdout] = await Promise.all([text(child.stdout), once(child, "close")]);
        lingered.push(performance.now() - said);
        return stdout;
      }),
    );
    const said = runs.map((stdout) => stdout.trim());
    expect(said.filter((line) => line === "nothing to do")).toHaveLength(count - 1);
    expect(said.filter((line) => line.startsWith("applied "))).toHaveLength(1);
    expect(await readHistory()).toHaveLength((await listMigrations()).length);
    // The engine's timer, of ten seconds, does not keep a finished process waiting.
    expect(Math.max(...lingered)).toBeLessThan(9_000);
  });

  it("leaves nothing of a failed migration, says why, and applies it once it is corrected", async () => {
    await writeMigration("1_things", "create table things (id int)");
    await writeMigration(
      "2_broken",
      "create table leftovers (); insert into things values (1); select 1/0;",
    );
    await writeMigration("3_later", "create table later ()");
    const fault: unknown = await applyMigrations(database.url, folder).catch(
      (error: unknown) => error,
    );
    expect(fault).toMatchObject({
      message: "The migration 2_broken failed.",
      cause: { message: "division by zero" },
    });
    expect(await listTables()).toEqual(["things"]);
    expect(await database.query("select from things")).toEqual([]);
    // And again, as long as it is broken.
    await expect(applyMigrations(database.url, folder)).rejects.toThrow("2_broken failed");

    await writeMigration("2_broken", "create table mended ()");
    expect(await applyMigrations(database.url, folder)).toEqual(["2_broken", "3_later"]);
    expect(await listTables()).toEqual(["later", "mended", "things"]);
  });

  it("accepts functions with semicolons", async () => {
    await writeMigration(
      "1_function",
      "create function two() returns int language plpgsql as $$ declare a int; begin a := 2; return a; end $$; create table things ();",
    );
    await applyMigrations(database.url, folder);
    expect(await database.query("select two()")).toEqual([{ two: 2 }]);
  });

  it("refuses a migration that was edited after it had been applied, and applies no other", async () => {
    await writeMigration("1_things", "create table things ()");
    await applyMigrations(database.url, folder);
    await writeMigration("1_things", "create table things (); -- better");
    await writeMigration("2_later", "create table later ()");
    await expect(applyMigrations(database.url, folder)).rejects.toThrow(
      "These migrations were edited after they had been applied: 1_things.",
    );
    expect(await listTables()).toEqual(["things"]);
  });

  it("waits for another process that is applying migrations, and marks none of them as failed", async () => {
    await writeMigration("1_slow", "create table slow ()");
    await applyMigrations(database.url, folder);
    // As it looks while the other is at work: started, not finished, and it is its turn.
    await connected(database.url, async (other) => {
      await other.query("select pg_advisory_lock(72707370)");
      await other.query("update _prisma_migrations set finished_at = null");
      const waiting = applyMigrations(database.url, folder);
      await expect
        .poll(() =>
          database.query(
            "select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
          ),
        )
        .toHaveLength(1);
      const unfinished = { name: "1_slow", isFinished: false, isRolledBack: false };
      expect(await readHistory()).toEqual([unfinished]);
      await other.query("update _prisma_migrations set finished_at = now()");
      await other.query("select pg_advisory_unlock(72707370)");
      expect(await waiting).toEqual([]);
      expect(await readHistory()).toEqual([{ ...unfinished, isFinished: true }]);
    });
  });

  it("FA03 continues after a run that was interrupted in the middle of a migration", async () => {
    await writeMigration("1_things", "create table things ()");
    await applyMigrations(database.url, folder);
    await database.query(
      "update _prisma_migrations set finished_at = null, applied_steps_count = 0",
    );
    await database.query("drop table things");
    expect(await applyMigrations(database.url, folder)).toEqual(["1_things"]);
    expect(await listTables()).toEqual(["things"]);
    expect(await applyMigrations(database.url, folder)).toEqual([]);
  });

  it("says in one line what is missing", async () => {
    const url = new URL(database.url);
    url.port = "9";
    const run = (environment: Record<string, string>) =>
      processes.run("src/database/migrate-command.ts", { environment });
    const [unset, unreachable] = await Promise.all([run({}), run({ DATABASE_URL: url.href })]);
    expect(unset).toEqual({
      code: 1,
      output: "",
      errors:
        "Set MIGRATION_DATABASE_URL or DATABASE_URL to the database to migrate, in the environment or in .env.\n",
    });
    expect(unreachable.code).toBe(1);
    expect(unreachable.errors.trim().split("\n")).toHaveLength(1);
    expect(unreachable.errors).not.toContain(url.password);
  });
});

describe("prisma/migrations/", () => {
  it("has names that sort by time", async () => {
    const names = await listMigrations();
    for (const name of names) expect(name).toMatch(/^\d{14}_[a-z0-9_]+$/);
    expect(names).toEqual(names.toSorted((a, b) => (a < b ? -1 : 1)));
    expect(await readFile(join(ours, "migration_lock.toml"), "utf8")).toContain('"postgresql"');
  });
});
