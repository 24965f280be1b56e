import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { promisify } from "node:util";

import { afterAll, describe, expect, it } from "vitest";

import { type Postgres, startPostgres } from "../../dev/postgres/postgres.ts";
import { applyMigrations } from "../../src/database/migrate.ts";
import type { TestDatabase } from "../support/database.ts";
import { connected } from "../support/template.ts";
import { useOutages } from "./outage-world.ts";

/** A server of its own, which can be ended, and copied. */
let directory: string;
let postgres: Postgres;

/** A standby can follow it, and what was committed outlives its end. */
const settings = ["wal_level=replica", "synchronous_commit=on"];

const start = (home = directory, port = 0) =>
  startPostgres({ directory: home, port, durable: false, settings });

async function createServer(): Promise<TestDatabase> {
  directory = await mkdtemp(join(tmpdir(), "restart-"));
  postgres = await start();
  const url = await postgres.createDatabase("restarted");
  await applyMigrations(url);
  return { url, query: (statement, values) => run(url, statement, values), drop: async () => {} };
}

const run = <Row extends object>(url: string, statement: string, values: unknown[] = []) =>
  connected(url, async (client) => (await client.query<Row>(statement, values)).rows);

describe("the application, when PostgreSQL is restarted or replaced", () => {
  const world = useOutages({}, createServer);
  afterAll(async () => {
    await postgres.stop();
    await rm(directory, { recursive: true, force: true });
  });

  const findData = async () => {
    const [row] = await world.query<{ data: string }>(
      "select current_setting('data_directory') as data",
    );
    return row?.data ?? "";
  };

  /** As `pg_ctl restart -m immediate` does: without a word to anybody. */
  async function killServer(): Promise<void> {
    const [pid] = (await readFile(join(await findData(), "postmaster.pid"), "utf8")).split("\n");
    process.kill(Number(pid), "SIGQUIT");
    await postgres.exited;
  }

  it.each([
    ["a fast", () => postgres.stop()],
    ["an immediate", killServer],
  ])("FA04 %s restart under load is 503, and healed within five seconds", async (_how, end) => {
    const cookie = await world.signIn();
    const statuses = await world.strain(cookie, async () => {
      await wait(100);
      await end();
      await wait(100);
      postgres = await start(directory, postgres.port);
      await wait(300);
    });
    expect(statuses).toEqual(expect.arrayContaining([200, 303, 503]));
    expect(statuses.filter((status) => ![200, 303, 503].includes(status))).toEqual([]);
    expect(await world.heal(cookie)).toBeLessThan(5_000);
    expect((await world.open("/readyz")).status).toBe(200);
  });

  it("FA04 shows pages from a standby, and leaves it as soon as a primary is back", async () => {
    const cookie = await world.signIn();
    const data = await findData();
    await postgres.stop();
    const copy = await mkdtemp(join(tmpdir(), "standby-"));
    // With its owner: PostgreSQL runs as another account where we are root.
    await promisify(execFile)("cp", ["-a", `${join(data, "..")}/.`, copy]);
    await writeFile(join(copy, "data/standby.signal"), "");
    const standby = await start(copy);
    try {
      world.proxy.lead(standby.port);
      const read = async () => (await world.open("/account", { cookie })).status;
      await expect.poll(read).toBe(200);
      expect(await world.strain(cookie, () => wait(100))).toEqual([200, 503]);
      const ready = await world.open("/readyz");
      expect([ready.status, JSON.parse(ready.text)]).toEqual([
        503,
        expect.objectContaining({ status: "unavailable", database: "read-only" }),
      ]);

      postgres = await start(directory, postgres.port);
      world.proxy.lead(postgres.port);
      // The standby still answers whoever asks it.
      expect(await world.heal(cookie)).toBeLessThan(5_000);
      const statuses = await world.strain(cookie, () => wait(200));
      expect(statuses).toEqual([200, 303]);
      expect((await world.open("/readyz")).status).toBe(200);
    } finally {
      await standby.stop();
      await rm(copy, { recursive: true, force: true });
    }
  });
});
