import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { describeTarget, findTarget } from "../../dev/seed/target.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "seed-"));
  await mkdir(join(folder, ".dev/postgres"), { recursive: true });
  await writeFile(join(folder, ".dev/postgres/password"), "x");
  await writeFile(
    join(folder, ".dev/state.json"),
    '{"ports":{"postgres":5439,"logto":3009},"secrets":{}}',
  );
});
afterAll(() => rm(folder, { recursive: true }));

const local = "postgres://a:secret@localhost:5432/mine";
const remote = "postgres://a:secret@db.example.com/theirs";
const management = { LOGTO_M2M_APP_ID: "a", LOGTO_M2M_APP_SECRET: "b" };
const atLogto = (endpoint: string) => ({ LOGTO_ENDPOINT: endpoint, ...management });

describe("findTarget()", () => {
  it.each([
    ["no NODE_ENV", { DATABASE_URL: local }, false],
    ["production", { DATABASE_URL: local, NODE_ENV: "production" }, false],
    ["a database here", { DATABASE_URL: local, NODE_ENV: "development" }, true],
    ["a database elsewhere", { DATABASE_URL: remote, NODE_ENV: "development" }, false],
    [
      "a Logto here",
      { DATABASE_URL: local, NODE_ENV: "development", ...atLogto("http://localhost:3001") },
      true,
    ],
    [
      "a Logto elsewhere",
      { DATABASE_URL: local, NODE_ENV: "development", ...atLogto("https://auth.example.com") },
      false,
    ],
  ])("weighs %s", async (_what, environment, isHarmless) => {
    expect(await findTarget(folder, environment)).toMatchObject({ isHarmless });
  });

  it("finds none without a database", async () => {
    expect(await findTarget(folder, {})).toBeUndefined();
  });

  it("takes what npm run dev runs, its Logto stand-in included, and never that for a database elsewhere", async () => {
    await writeFile(join(folder, ".dev/running.json"), "{}");
    expect(await findTarget(folder, {})).toMatchObject({
      databaseUrl: expect.stringMatching(/:5439\/\w+$/),
      logto: { endpoint: "http://localhost:3009", management: { credentials: {} } },
      isHarmless: true,
    });
    expect(await findTarget(folder, { DATABASE_URL: remote })).toMatchObject({
      logto: null,
      isHarmless: false,
    });
    // Of the environment, in the place of one of its own.
    expect(await findTarget(folder, atLogto("https://auth.example.com"))).toMatchObject({
      logto: { endpoint: "https://auth.example.com" },
      isHarmless: false,
    });
    await rm(join(folder, ".dev/running.json"));
  });

  it("has a Logto without a Management API where no machine-to-machine application is set", async () => {
    const environment = { DATABASE_URL: local, LOGTO_ENDPOINT: "https://auth.example.com" };
    const target = await findTarget(folder, environment);
    expect(target).toMatchObject({ logto: { management: null } });
    expect(target && describeTarget(target)).toBe("the database mine at localhost");
  });
});

describe("npm run seed", () => {
  it("refuses what may be production, and names it without a secret", async () => {
    const root = resolve(import.meta.dirname, "../..");
    const env = { PATH: process.env["PATH"], DATABASE_URL: remote };
    const command = ["--import", "tsx", "dev/seed.ts"];
    const running = promisify(execFile)(process.execPath, command, { cwd: root, env });
    const fault: unknown = await running.catch((error: unknown) => error);
    expect(fault).toMatchObject({ code: 1 });
    const { stdout, stderr } = fault as { stdout: string; stderr: string };
    expect(stdout).toContain("This would fill the database theirs at db.example.com");
    expect(stdout).toContain("npm run seed -- --yes");
    expect(stdout + stderr).not.toContain("secret");
  });
});
