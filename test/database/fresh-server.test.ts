import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { type Postgres, startPostgres } from "../../dev/postgres/postgres.ts";
import { checkDatabase } from "../../src/database/boot-check.ts";
import { applicationRole, authenticatorRole } from "../../src/database/database.ts";
import { applyMigrations } from "../../src/database/migrate.ts";
import { connected } from "../support/template.ts";
import { openSingle } from "./fitness.ts";

/** A server on which nobody has ever made the application's role: roles belong to a whole server. */
let directory: string;
let postgres: Postgres;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "fresh-"));
  postgres = await startPostgres({ directory, port: 0, durable: false });
});
afterAll(async () => {
  await postgres.stop();
  await rm(directory, { recursive: true, force: true });
});

const run = (url: string, ...statements: string[]): Promise<unknown[]> =>
  connected(url, async (client) => {
    let rows: unknown[] = [];
    for (const statement of statements) ({ rows } = await client.query(statement));
    return rows;
  });

function addressOf(user: string, database: string): string {
  const url = new URL(postgres.url);
  url.username = user;
  url.password = "sesame";
  url.pathname = `/${database}`;
  return url.href;
}

/** Whether the application would start with this address. */
async function boot(url: string): Promise<string> {
  const database = openSingle(url);
  try {
    await checkDatabase(database.unscoped);
    const [row] = await database.unscoped.$queryRaw<
      { name: string }[]
    >`select current_user::text as name`;
    return row?.name ?? "";
  } catch (error) {
    return error instanceof Error ? error.message : "";
  } finally {
    await database.close();
  }
}

describe("on a new server", () => {
  it("FA26 the application asks for the migrations, with any login", async () => {
    await run(postgres.url, "create database untouched");
    const advice = "The database has not been set up yet. Run: npm run db:migrate";
    expect(await boot(postgres.url.replace(/\/postgres$/, "/untouched"))).toBe(advice);
  });

  it("an owner that may create roles and is no superuser can migrate and serve", async () => {
    await run(
      postgres.url,
      "create role keeper login password 'sesame' nosuperuser createrole",
      "create database kept owner keeper",
    );
    const url = addressOf("keeper", "kept");
    expect((await applyMigrations(url)).length).toBeGreaterThan(0);
    expect(await applyMigrations(url)).toEqual([]);
    expect(await boot(url)).toBe(applicationRole);
    expect(
      await run(
        url,
        `select rolsuper or rolbypassrls or rolcanlogin or rolcreaterole as strong from pg_roles where rolname = '${applicationRole}'`,
      ),
    ).toEqual([{ strong: false }]);
    // The owner itself obeys too, as long as nobody alters the tables.
    expect(
      await run(
        url,
        "insert into users (id, issuer, subject) values (gen_random_uuid(), 'i', 's')",
        "select relforcerowsecurity as forced from pg_class where relname = 'memberships'",
      ),
    ).toEqual([{ forced: true }]);
  });

  it("a second database of another owner can be migrated although the role exists", async () => {
    await run(
      postgres.url,
      "create role neighbour login password 'sesame' nosuperuser nocreaterole",
      "create database next_door owner neighbour",
    );
    const url = addressOf("neighbour", "next_door");
    await expect(applyMigrations(url)).rejects.toMatchObject({
      cause: {
        message: expect.stringContaining(
          `Let a superuser run: GRANT ${authenticatorRole} TO neighbour`,
        ),
      },
    });
    await run(postgres.url, `grant ${authenticatorRole} to neighbour`);
    expect((await applyMigrations(url)).length).toBeGreaterThan(0);
    // Not a member of the role: whoever made it has to grant it.
    expect(await boot(url)).toMatch(/permission denied to set role|cannot be used/);
    await run(postgres.url, `grant ${applicationRole} to neighbour`);
    expect(await boot(url)).toBe(applicationRole);
  });

  it("a separate login that owns nothing can serve", async () => {
    await run(
      postgres.url,
      "create role server login password 'sesame' nosuperuser",
      `grant ${applicationRole} to server`,
    );
    const url = addressOf("server", "kept");
    expect(await boot(url)).toBe(applicationRole);
    await expect(run(url, "reset role", "drop table sessions")).rejects.toThrow("must be owner");
    await expect(run(url, "create table loot ()")).rejects.toThrow("permission denied");
  });
});
