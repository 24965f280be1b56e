import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdir, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createServer } from "node:net";
import { createInterface } from "node:readline";
import { Client } from "pg";
import { afterAll, afterEach, beforeEach, describe, expect, it } from "vitest";
import { portOf } from "../../dev/system/ports.ts";
import { isSlowRun } from "../support/endurance.ts";
import { refuge } from "../../dev/postgres/binaries.ts";
import { removePostgres, startPostgres, type Postgres } from "../../dev/postgres/postgres.ts";

const inventDirectory = () => `/var/tmp/test-${randomUUID()}`;

/** For tests that are not about making the data, which takes a second: they share it, one after another. */
const used = inventDirectory();
let directory: string;
const running: Postgres[] = [];

beforeEach(() => {
  directory = inventDirectory();
});

afterEach(async () => {
  await Promise.all(running.splice(0).map((postgres) => postgres.stop()));
  await rm(directory, { recursive: true, force: true });
});

afterAll(() => removePostgres(used));

async function start(place = directory, { durable = false } = {}): Promise<Postgres> {
  const postgres = await startPostgres({ directory: place, port: 0, durable });
  running.push(postgres);
  return postgres;
}

async function query(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

async function readServerPid(): Promise<number> {
  const [pid] = (await readFile(join(used, "data", "postmaster.pid"), "utf8")).split("\n");
  return Number(pid);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe("startPostgres()", () => {
  it("answers on this machine only, in UTF-8, the same order everywhere, and asks for the password", async () => {
    const postgres = await start();
    const [settings] = await query(
      postgres.url,
      `select current_setting('server_encoding') as encoding, current_setting('listen_addresses') as addresses,
        current_setting('TimeZone') as zone, datlocprovider as provider, datlocale as locale
      from pg_database where datname = current_database()`,
    );
    expect(settings).toEqual({
      encoding: "UTF8",
      addresses: "127.0.0.1",
      zone: "UTC",
      provider: "b",
      locale: "C.UTF-8",
    });
    const withoutPassword = postgres.url.replace(/postgres:[^@]+@/, "postgres:wrong@");
    await expect(query(withoutPassword, "select 1")).rejects.toThrow(/password/);
    expect((await stat(join(directory, "password"))).mode & 0o077).toBe(0);
  });

  it.runIf(isSlowRun())("creates a database once, also when asked twice at once", async () => {
    const postgres = await start(used);
    const urls = await Promise.all(
      ["one", "one", "one"].map((name) => postgres.createDatabase(name)),
    );
    expect(new Set(urls).size).toBe(1);
    expect(await query(await postgres.createDatabase("one"), "select current_database()")).toEqual([
      { current_database: "one" },
    ]);
  });

  it("finds its data again after a stop, and after a kill -9 of the server", async () => {
    const first = await start(used, { durable: true });
    await query(first.url, "create table kept as select 'first' as word");
    await first.stop();

    const second = await start(used, { durable: true });
    await query(second.url, "insert into kept values ('second')");
    process.kill(await readServerPid(), "SIGKILL");
    await second.exited;

    const third = await start(used, { durable: true });
    expect(await query(third.url, "select word from kept order by word")).toEqual([
      { word: "first" },
      { word: "second" },
    ]);
  });

  it.runIf(isSlowRun())(
    "stops the server that an earlier run left running on the same data",
    async () => {
      const orphan = await start(used);
      await query(orphan.url, "create table orphaned as select 1 as one");
      const heir = await start(used);
      expect((await orphan.exited).join("\n")).toContain("received fast shutdown request");
      expect(await query(heir.url, "select one from orphaned")).toEqual([{ one: 1 }]);
    },
  );

  it.runIf(isSlowRun())("is not held up by a pid file that names some other process", async () => {
    await (await start(used)).stop();
    await writeFile(join(used, "data", "postmaster.pid"), `${process.ppid}\n${used}/data\n`);
    expect(await query((await start(used)).url, "select 1 as one")).toEqual([{ one: 1 }]);
    expect(isAlive(process.ppid)).toBe(true);
  });

  it.runIf(isSlowRun())("takes a folder that was made for this account alone", async () => {
    await mkdir(directory, { mode: 0o700 });
    const [{ place } = {}] = await query(
      (await start()).url,
      "select current_setting('data_directory') as place",
    );
    expect(place).toBe(join(directory, "data"));
  });

  it.runIf(isSlowRun())("starts afresh when the data directory was only half made", async () => {
    await mkdir(join(directory, "data", "global"), { recursive: true });
    await writeFile(join(directory, "data", "PG_VERSION"), "18\n");
    await mkdir(join(directory, "data.4711"));
    expect(await query((await start()).url, "select 1 as one")).toEqual([{ one: 1 }]);
    expect((await readdir(directory)).toSorted()).toEqual(["data", "password"]);
  });

  it.runIf(isSlowRun())("refuses data of another major version, and leaves it alone", async () => {
    await mkdir(join(directory, "data"), { recursive: true });
    await writeFile(join(directory, "data", "PG_VERSION"), "17\n");
    await expect(start()).rejects.toThrow(/made by PostgreSQL 17, and 18 is installed/);
    expect(await readdir(join(directory, "data"))).toEqual(["PG_VERSION"]);
  });

  it("says what stood in the way, with the server's own words", async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
    try {
      await expect(
        startPostgres({ directory: used, port: portOf(other), durable: false }),
      ).rejects.toThrow(/PostgreSQL did not start:[^]*could not bind/);
    } finally {
      other.close();
    }
  });

  it.runIf(isSlowRun())("ends with the process that started it, even by kill -9", async () => {
    const script = `
      import { startPostgres } from ${JSON.stringify(new URL("../../dev/postgres/postgres.ts", import.meta.url).href)};
      await startPostgres({ directory: ${JSON.stringify(used)}, port: 0, durable: false });
      console.log("ready");`;
    const holder = spawn(process.execPath, ["--input-type=module", "--eval", script], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    await once(createInterface({ input: holder.stdout }), "line");
    const pid = await readServerPid();
    holder.kill("SIGKILL");
    await expect.poll(() => isAlive(pid)).toBe(false);
    expect(await query((await start(used)).url, "select 1 as one")).toEqual([{ one: 1 }]);
  });
});

describe.runIf(process.getuid?.() === 0)(
  "startPostgres() in a folder that only root can enter",
  () => {
    it("keeps the data elsewhere, finds it again, and deletes it there", async () => {
      await mkdir(directory, { mode: 0o700 });
      const closed = join(directory, "postgres");
      const first = await startPostgres({ directory: closed, port: 0, durable: true });
      await query(first.url, "create table kept as select 1 as one");
      await first.stop();
      expect(await readdir(directory)).toEqual([]);

      const second = await startPostgres({ directory: closed, port: 0, durable: true });
      running.push(second);
      const [{ place } = {}] = await query(
        second.url,
        "select current_setting('data_directory') as place, one from kept",
      );
      expect(place).toContain(`${refuge}/`);
      await removePostgres(closed);
      await expect(stat(String(place))).rejects.toThrow(/ENOENT/);
    });
  },
);

describe("removePostgres()", () => {
  it.runIf(isSlowRun())("stops the server and deletes its data", async () => {
    const postgres = await start(used);
    await removePostgres(used);
    await postgres.exited;
    await expect(stat(used)).rejects.toThrow(/ENOENT/);
  });
});
