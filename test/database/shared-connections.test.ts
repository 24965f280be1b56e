import { setTimeout as wait } from "node:timers/promises";

import pg from "pg";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";

import { runBatch } from "../../src/database/batch.ts";
import { Connection } from "../../src/database/connection.ts";
import { shareConnections } from "../../src/database/shared-connections.ts";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

/** A pool of `max` connections, and a function that runs one statement on a shared one. */
async function withShared(
  max: number,
  test: (
    ask: (text: string, values?: unknown[], timeoutMs?: number) => Promise<object[]>,
    pool: pg.Pool,
  ) => Promise<void>,
): Promise<void> {
  const pool = new pg.Pool({
    connectionString: database.url,
    Client: Connection,
    max,
    pipeline: true,
    connectionTimeoutMillis: 10_000,
  });
  pool.on("error", () => undefined);
  const share = shareConnections(pool);
  try {
    await test(async (text, values = [], timeoutMs = 20_000) => {
      const [rows = []] = await share((client) =>
        runBatch(client, [{ name: text, text, values }], timeoutMs),
      );
      return rows;
    }, pool);
  } finally {
    await pool.end();
  }
}

const backend = "select pg_backend_pid() as pid, $1::int as value";
const fails = "select 1 / $1::int as value";

describe("shareConnections()", () => {
  it("runs each piece of work on a connection of its own, while there is one", () =>
    withShared(3, async (ask) => {
      const held = [1, 2].map(() => ask("select pg_sleep(0.3) is null, pg_backend_pid() as pid"));
      const [last] = await ask(backend, [1]);
      const pids = [...(await Promise.all(held)).flat(), last].map(
        (row) => row && "pid" in row && row.pid,
      );
      expect(new Set(pids).size).toBe(3);
    }));

  it("gives each the answer to its own question, with more work than connections, and faults in between", () =>
    withShared(2, async (ask, pool) => {
      const answers = await Promise.all(
        Array.from({ length: 200 }, (_, index) =>
          ask(index % 3 === 0 ? fails : backend, [index % 3 === 0 ? 0 : index]).catch(
            (error: unknown) => error,
          ),
        ),
      );
      const right = answers.filter((answer, index) =>
        index % 3 === 0
          ? answer instanceof pg.DatabaseError && answer.code === "22012"
          : Array.isArray(answer) && answer.length === 1 && answer[0].value === index,
      );
      expect(right).toHaveLength(200);
      expect(pool.totalCount).toBeLessThanOrEqual(2);
    }));

  it("keeps away from a connection that does not answer", () =>
    withShared(2, async (ask) => {
      const slow = ask("select pg_sleep(1.5) is null as slow");
      const quick = async () => {
        for (let turn = 0; turn < 40; turn += 1) {
          await Promise.all([1, 2, 3, 4].map((value) => ask(backend, [value])));
        }
      };
      await wait(50);
      expect(await Promise.race([slow, quick().then(() => "quick")])).toBe("quick");
      expect(await slow).toEqual([{ slow: false }]);
    }));

  it("FA06 fails only the work that takes too long, and runs again what waited behind it", () =>
    withShared(1, async (ask) => {
      await ask(backend, [0]);
      const slow = ask("select pg_sleep(30)", [], 300).catch((error: unknown) => error);
      // They time out at the same moment as the slow one.
      const waiting = [1, 2, 3].map((value) => ask(backend, [value], 300));
      expect(await slow).toMatchObject({ message: "Query read timeout" });
      expect((await Promise.all(waiting)).flat()).toMatchObject([
        { value: 1 },
        { value: 2 },
        { value: 3 },
      ]);
    }));

  it("FA04 runs work again, once, when the server ends the connection", () =>
    withShared(1, async (ask) => {
      const cut = ask("select pg_terminate_backend(pg_backend_pid())").catch(
        (error: unknown) => error,
      );
      expect(await cut).toMatchObject({ code: "57P01" });
      expect(await ask(backend, [7])).toMatchObject([{ value: 7 }]);
    }));

  it("gives a connection back, so that the pool can replace it", () =>
    withShared(1, async (ask, pool) => {
      let releases = 0;
      pool.on("release", () => (releases += 1));
      const end = performance.now() + 1_500;
      const work = async () => {
        while (performance.now() < end) await ask(backend, [1]);
      };
      await Promise.all([work(), work(), work(), work()]);
      await vi.waitFor(() => expect(releases).toBeGreaterThan(2));
    }));
});
