import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { startTcpProxy, type TcpProxy } from "../database/tcp-proxy.ts";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";

let database: TestDatabase;
let proxy: TcpProxy;
let child: ChildProcess;
let lines = "";

beforeAll(async () => {
  database = await createTestDatabase();
  proxy = await startTcpProxy(database.url);
});
afterAll(async () => {
  child.kill("SIGKILL");
  await proxy.close();
  await database.drop();
});

/** Starts the application as it is started in production. @returns where it listens */
async function start(environment: Record<string, string>): Promise<string> {
  child = spawn(process.execPath, ["--import", "tsx", "src/main.ts"], {
    cwd: join(import.meta.dirname, "../.."),
    env: {
      PATH: process.env["PATH"] ?? "",
      BASE_URL: "http://localhost:3999",
      PORT: "0",
      SESSION_SECRET: "KgE3uP8sVw1zQx5yRb7cTn2mLd9hFj4a",
      LOGTO_ENDPOINT: "http://127.0.0.1:9",
      LOGTO_APP_ID: "application",
      LOGTO_APP_SECRET: "9f3kd02mfa8s",
      DATABASE_URL: proxy.url,
      ...environment,
    },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const port = await new Promise<string>((resolve) => {
    child.stdout?.on("data", (chunk: Buffer) => {
      lines += chunk.toString();
      const found = /"port":(\d+)/.exec(lines)?.[1];
      if (found) resolve(found);
    });
  });
  return `http://localhost:${port}`;
}

describe("the application, as one process", () => {
  it("FA05 goes on while PostgreSQL is away, and when it is back works off what waits, and stops cleanly", async () => {
    const address = await start({});
    const ready = async () => (await fetch(`${address}/readyz`)).status;
    await expect.poll(ready).toBe(200);
    expect(lines).toContain("SMTP_URL is not set: mail waits until it is");
    await proxy.cut();
    await expect.poll(ready).toBe(503);
    await expect.poll(() => lines).toContain("jobs wait for the database");
    expect((await fetch(`${address}/livez`)).status).toBe(200);
    expect(child.exitCode).toBeNull();

    // Nobody is there to get it: done as soon as somebody looks.
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
    expect(lines).toContain('"msg":"stopped"');
  });
});
