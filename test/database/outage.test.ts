import { randomUUID } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";

import { afterEach, describe, expect, it } from "vitest";

import { openDatabase } from "../../src/database/database.ts";
import { isDatabaseUnavailable } from "../../src/database/faults.ts";
import { openJobPool } from "../../src/database/job-pool.ts";
import { repetitions } from "../support/endurance.ts";
import { useOutages } from "./outage-world.ts";

describe("the application, when its database is away", () => {
  const world = useOutages();
  afterEach(() => world.proxy.restore());

  it("SE18 FA05 answers 503 within two seconds, keeps the cookie, and serves pages that need no database", async () => {
    const cookie = await world.signIn();
    await world.proxy.cut();
    for (let round = 0; round < 2; round += 1) {
      for (const path of ["/account", "/organizations", "/o/acme", "/"]) {
        const answer = await world.open(path, { cookie });
        expect(answer.status, path).toBe(503);
        expect(answer.headers.get("retry-after")).toMatch(/^\d+$/);
        expect(answer.headers.get("set-cookie")).toBeNull();
        expect(answer.headers.get("cache-control")).toBe("no-store");
        expect(answer.text).toContain("We will be right back");
        expect(answer.text).toMatch(new RegExp(`href="${path}"[^>]*>Try again<`));
        expect(answer.text).not.toMatch(/127\.0\.0\.1|prisma|ECONN/i);
        expect(answer.milliseconds).toBeLessThan(2_000);
      }
    }
    const sent = await world.open("/o/acme/settings", { cookie, method: "POST", body: "name=A" });
    expect(sent.status).toBe(503);
    expect(sent.text).toMatch(/href="\/o\/acme\/settings"[^>]*>Go back</);
    for (const path of ["/livez", "/favicon.svg", "/"]) {
      expect((await world.open(path)).status, path).toBe(200);
    }
    expect((await world.open("/favicon.svg", { cookie })).status).toBe(200);
    const ready = await world.open("/readyz");
    expect(ready.status).toBe(503);
    expect(JSON.parse(ready.text)).toMatchObject({ status: "unavailable", database: "down" });

    await world.proxy.restore();
    expect((await world.open("/account", { cookie })).status).toBe(200);
    expect((await world.open("/readyz")).status).toBe(200);
  });

  it("FA04 recovers by itself when every connection is ended", async () => {
    const cookie = await world.signIn();
    for (let round = 0; round < 3; round += 1) {
      await Promise.all([1, 2, 3].map(() => world.open("/account", { cookie })));
      await world.terminateAll();
      await expect.poll(async () => (await world.open("/account", { cookie })).status).toBe(200);
    }
  });

  it("FA04 answers 503 to a request that was running", async () => {
    const sleeping = world.database.unscoped.$queryRaw`select pg_sleep(5)::text`;
    const outcome = sleeping.then(
      () => "done",
      (error: unknown) => error,
    );
    await expect
      .poll(() =>
        world.query(
          "select from pg_stat_activity where query like '%pg_sleep(5)%' and state = 'active' and pid <> pg_backend_pid()",
        ),
      )
      .toHaveLength(1);
    await world.terminateAll();
    expect(isDatabaseUnavailable(await outcome)).toBe(true);
  });

  it.each([
    ["a database that lets nobody in", (url: URL) => (url.pathname = "/template0")],
    [
      "a role that it may not take",
      (url: URL) => url.searchParams.set("options", "-c role=nobody_of_this_name"),
    ],
  ])(
    "FA04 is 503, whatever PostgreSQL's code is: a login is refused for %s",
    async (_what, harm) => {
      const url = new URL(world.application.config.database.url);
      harm(url);
      const logger = { warn: () => undefined };
      const database = openDatabase({ url: url.href, poolSize: 1, logger, slowness: 10 });
      const outcomes = await Promise.allSettled([
        database.unscoped.$queryRaw`select 1`,
        database.forUser(randomUUID(), (tx) => tx.user.count()),
        database.queryPrepared("one", "select 1", []),
      ]);
      await database.close();
      for (const outcome of outcomes) {
        const reason: unknown = outcome.status === "rejected" ? outcome.reason : undefined;
        expect(isDatabaseUnavailable(reason)).toBe(true);
      }
    },
  );

  it.each([
    ["every connection is ended", () => world.terminateAll()],
    ["the network breaks", () => world.proxy.cut().then(() => world.proxy.restore())],
    ["answers break off in the middle", breakAnswers],
  ])("FA04 answers 200 or 503, never 500, while %s, and heals", async (_what, harm) => {
    const cookie = await world.signIn();
    const statuses = await world.strain(cookie, async () => {
      for (let round = 0; round < repetitions(40, 5); round += 1) {
        await wait(30);
        await harm();
      }
    });
    expect(statuses.filter((status) => ![200, 303, 503].includes(status))).toEqual([]);
    expect(await world.heal(cookie)).toBeLessThan(5_000);
  });

  async function breakAnswers(): Promise<void> {
    world.proxy.tear();
    await wait(20);
    await world.proxy.restore();
  }

  it("FA04 drops connections to a server that has become read-only, also for jobs", async () => {
    const cookie = await world.signIn();
    const jobs = openJobPool({ url: world.proxy.url, logger: { warn: () => undefined } });
    const enqueue = () => jobs.query("select graphile_worker.add_job('nothing', '{}')");
    const setReadOnly = (value: string) =>
      world.query(
        `do $$ begin execute format('alter database %I set default_transaction_read_only = ${value}', current_database()); end $$`,
      );
    try {
      await setReadOnly("on");
      await world.terminateAll();
      await expect.poll(async () => (await world.open("/account", { cookie })).status).toBe(200);
      const seen = await world.strain(cookie, () => wait(100));
      expect(seen).toEqual([200, 503]);
      await expect.poll(() => enqueue().catch(String)).toContain("read-only");
      const ready = await world.open("/readyz");
      expect([ready.status, ready.text]).toEqual([503, expect.stringContaining("read-only")]);
      // Nobody ends the open connections.
      await world.query("set default_transaction_read_only = off");
      await setReadOnly("off");
      expect(await world.strain(cookie, () => wait(100))).toEqual([200, 303]);
      await enqueue();
    } finally {
      await setReadOnly("default");
      await jobs.end();
    }
  });

  it("FA07 answers 503 within two seconds when all connections are taken, and loses none", async () => {
    const cookie = await world.signIn();
    let release = () => {};
    const released = new Promise<void>((resolve) => (release = resolve));
    const holders = [1, 2, 3].map(() =>
      world.database.unscoped.$transaction(async (tx) => {
        await tx.$queryRaw`select 1`;
        await released;
      }),
    );
    const busy =
      "select from pg_stat_activity where datname = current_database() and state = 'idle in transaction'";
    await expect.poll(() => world.query(busy)).toHaveLength(3);
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => world.open("/organizations", { cookie })),
    );
    release();
    await Promise.all(holders);
    for (const { status, milliseconds } of answers) {
      expect(status).toBe(503);
      expect(milliseconds).toBeLessThan(2_000);
    }
    expect((await world.open("/organizations", { cookie })).status).toBe(200);
  });
});

describe("the application, when its database is slow or the network hangs", () => {
  // The client's own limit, shorter than in production so that the tests are short.
  const world = useOutages({ query_timeout: "400" });
  afterEach(() => world.proxy.restore());

  it("FA06 answers 503, and drops the connections that hung", async () => {
    const cookie = await world.signIn();
    await Promise.all([1, 2, 3].map(() => world.open("/account", { cookie })));
    world.proxy.hang();
    const answers = await Promise.all([
      ...[1, 2, 3].map(async () => (await world.open("/organizations", { cookie })).status),
      ...[1, 2, 3].map(() => world.database.unscoped.session.count().catch(() => 503)),
    ]);
    expect(answers).toEqual(answers.map(() => 503));
    await world.proxy.restore();
    for (let round = 0; round < 5; round += 1) {
      expect((await world.open("/organizations", { cookie })).status).toBe(200);
    }
  });

  it("TI12 FA06 FA08 never lends a connection with an open transaction", async () => {
    const userId = await world.createPerson();
    const attempt = world.database.forUser(userId, async (tx) => {
      await tx.user.update({ where: { id: userId }, data: { name: "half done" } });
      // From here on neither the answer nor the ROLLBACK gets through in time.
      world.proxy.stall();
      await tx.user.findFirst();
    });
    await expect(attempt).rejects.toThrow("timeout");
    world.proxy.resume();
    const seen = await Promise.all(
      Array.from(
        { length: 6 },
        () =>
          world.database.unscoped.$queryRaw<{ userId: string | null; isOpen: boolean }[]>`
          select nullif(current_setting('app.user_id', true), '') as "userId",
                 exists (select from pg_locks where pid = pg_backend_pid() and locktype = 'transactionid') as "isOpen"`,
      ),
    );
    expect(seen.flat()).toEqual(seen.map(() => ({ userId: null, isOpen: false })));
    await world.database.forUser(userId, (tx) => tx.user.findFirst());
    expect(await world.query("select name from users where id = $1", [userId])).toEqual([
      { name: "Ada" },
    ]);
  });

  it("FA06 ends a statement that takes too long", async () => {
    const [{ limits } = { limits: "" }] = await world.database.unscoped.$queryRaw<
      { limits: string }[]
    >`
      select concat_ws(' ', current_setting('statement_timeout'), current_setting('lock_timeout'),
                       current_setting('idle_in_transaction_session_timeout')) as limits`;
    expect(limits).toBe("5s 2s 10s");
  });
});
