import { once } from "node:events";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { startTcpProxy, type TcpProxy } from "../database/tcp-proxy.ts";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";
import { smallSettings, useProcesses } from "../support/processes.ts";

const processes = useProcesses();
let database: TestDatabase;
let proxy: TcpProxy;

beforeAll(async () => {
  database = await createTestDatabase();
  proxy = await startTcpProxy(database.url);
});
afterAll(async () => {
  await proxy.close();
  await database.drop();
});

describe("the application, as one process", () => {
  it("FA05 keeps running while PostgreSQL is away, does the waiting jobs once it is back, and stops cleanly", async () => {
    const { child, url, log } = await processes.startApplication({
      ...smallSettings,
      DATABASE_URL: proxy.url,
    });
    const ready = async () => (await fetch(`${url}/readyz`)).status;
    await expect.poll(ready).toBe(200);
    expect(log()).toContain("SMTP_URL is not set: mail waits until it is");
    // Nobody has signed in.
    const provider = async () => (await (await fetch(`${url}/readyz`)).json()).identityProvider;
    await expect.poll(provider).toBe("down");
    await proxy.cut();
    await expect.poll(ready).toBe(503);
    await expect.poll(log).toContain("jobs wait for the database");
    expect((await fetch(`${url}/livez`)).status).toBe(200);
    expect(child.exitCode).toBeNull();

    // Nobody is there to get it: done as soon as someone looks.
    await database.query(
      `select graphile_worker.add_job('member.removed_mail', json_build_object(
           'organizationId', gen_random_uuid(), 'userId', gen_random_uuid()))`,
    );
    await proxy.restore();
    await expect.poll(() => database.query("select from graphile_worker.jobs")).toEqual([]);
    expect(await ready()).toBe(200);
    const exited = once(child, "exit");
    child.kill("SIGTERM");
    expect(await exited).toEqual([0, null]);
    expect(log()).toContain('"msg":"stopped"');
  });
});
