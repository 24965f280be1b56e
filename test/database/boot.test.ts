import { once } from "node:events";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { checkDatabase } from "../../src/database/boot-check.ts";
import { applicationRole, authenticatorRole } from "../../src/database/database.ts";
import { productName } from "../../src/runtime/product.ts";
import { createEmptyDatabase, createTestDatabase, type TestDatabase } from "../support/database.ts";
import { someOf } from "../support/endurance.ts";
import { useProcesses } from "../support/processes.ts";
import { findFault, openSingle } from "./fitness.ts";

const settings = {
  NODE_ENV: "production",
  BASE_URL: "http://localhost:3999",
  PORT: "0",
  SESSION_SECRET: "canary-KgE3uP8sVw1zQx5yRb7cTn2mLd9hFj4a",
  LOGTO_ENDPOINT: "http://127.0.0.1:9",
  LOGTO_APP_ID: "application",
  LOGTO_APP_SECRET: "canary-9f3kd02mfa8s",
};

const processes = useProcesses();

/** Starts the application in vain. @returns how that ends */
async function startInVain(environment: Record<string, string>) {
  const started = performance.now();
  const { code, output, errors } = await processes.run("src/main.ts", { environment });
  return { code, stdout: output, stderr: errors, milliseconds: performance.now() - started };
}

describe("FA26 a start", () => {
  let migrated: TestDatabase;
  let empty: TestDatabase;
  /** Milliseconds that this machine needs for a start that has nothing to wait for. */
  let atOnce: number;
  beforeAll(async () => {
    [migrated, empty] = await Promise.all([createTestDatabase(), createEmptyDatabase()]);
    atOnce = (await startInVain({})).milliseconds;
  });
  afterAll(() => Promise.all([migrated.drop(), empty.drop()]));

  it("with missing and wrong settings prints one block that names them all, and no value", async () => {
    const { code, stdout, stderr } = await startInVain({
      DATABASE_URL: "mysql://someone:canary@db/x",
      SESSION_SECRET: "canary",
      PORT: "canary",
    });
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr.split("\n").slice(0, 3)).toEqual([
      `${productName} cannot start: 7 settings are missing or wrong.`,
      "",
      expect.stringMatching(/^ {2}BASE_URL/),
    ]);
    for (const name of [
      "BASE_URL",
      "DATABASE_URL",
      "SESSION_SECRET",
      "PORT",
      "LOGTO_ENDPOINT",
      "LOGTO_APP_ID",
      "LOGTO_APP_SECRET",
    ]) {
      expect(stderr).toContain(`  ${name} `);
    }
    expect(stderr).not.toMatch(/canary| {4}at /);
  });

  it.each(
    someOf<[string, () => string, string]>([
      ["on a database without our schema", () => empty.url, "Run: npm run db:migrate"],
      [
        "as the superuser",
        () => `${migrated.url}?options=-c%20role=none`,
        "row-level security does not bind",
      ],
      ["without a database", () => "postgres://someone:canary@127.0.0.1:9/x", "cannot be used"],
    ]),
  )("%s ends in one line that says what to do", async (_what, url, advice) => {
    const { code, stderr, milliseconds } = await startInVain({
      ...settings,
      DATABASE_URL: url(),
    });
    expect(code).toBe(1);
    // A busy machine slows both.
    expect(milliseconds).toBeLessThan(5_000 + 5 * atOnce);
    expect(stderr).toContain(advice);
    expect(stderr.trim().split("\n")).toHaveLength(1);
    expect(stderr).not.toContain("canary");
  });

  it("on an address of another machine prints one line", async () => {
    const { code, stderr } = await startInVain({
      ...settings,
      DATABASE_URL: migrated.url,
      HOST: "192.0.2.1",
    });
    expect([code, stderr]).toEqual([
      1,
      `${productName} cannot start: HOST is no address of this machine.\n`,
    ]);
  });

  it("shows no property of an uncaught error", async () => {
    const fault = `process.on("newListener", (name) => {
      if (name !== "uncaughtException") return;
      setImmediate(() => { throw Object.assign(new Error("no luck"), { token: "canary" }); });
    })`;
    const { code, stdout, stderr } = await startInVain({
      ...settings,
      DATABASE_URL: migrated.url,
      NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(fault)}`,
    });
    expect([code, stderr.split("\n")[0]]).toEqual([
      1,
      `${productName} cannot start: Error: no luck`,
    ]);
    expect(stdout + stderr).not.toContain("canary");
  });

  it("without Logto works, and a SIGTERM ends it cleanly", async () => {
    const { child, url, log } = await processes.startApplication({
      ...settings,
      DATABASE_URL: migrated.url,
    });
    expect((await fetch(`${url}/livez`)).status).toBe(200);
    expect(await (await fetch(`${url}/readyz`)).json()).toMatchObject({ status: "ready" });
    const signIn = await fetch(`${url}/sign-in`, { redirect: "manual" });
    expect(signIn.status).toBe(503);
    const exited = once(child, "exit");
    child.kill("SIGTERM");
    expect(await exited).toEqual([0, null]);
    expect(log()).toContain('"msg":"stopped"');
    expect(log()).not.toContain("canary");
  });
});

describe("checkDatabase()", () => {
  let prepared: TestDatabase;
  beforeAll(async () => {
    prepared = await createTestDatabase();
  });
  afterAll(() => prepared.drop());

  const check = (options = "") => findFault(prepared.url + options);

  /** The fault that is found after a change, which is undone again. */
  async function checkAfter(change: string, undo: string): Promise<string | undefined> {
    await prepared.query(change);
    const fault = await check();
    await prepared.query(undo);
    return fault;
  }

  it("accepts the database that the migrations make", async () => {
    expect(await check()).toBeUndefined();
  });

  it.each([
    [
      "row-level security that is switched off",
      "alter table memberships disable row level security",
      "alter table memberships enable row level security",
      "memberships",
    ],
    [
      "row-level security that is not forced",
      "alter table organizations no force row level security",
      "alter table organizations force row level security",
      "organizations",
    ],
    [
      "new tenant-owned tables without any",
      "create table a (organization_id uuid); create table b (organization_id uuid)",
      "drop table a; drop table b",
      "a, b",
    ],
    [
      "a new one without a policy",
      "create table a (organization_id uuid); alter table a enable row level security, force row level security",
      "drop table a",
      "a",
    ],
    [
      "a policy that binds only what is read",
      "alter policy of_current_organization on memberships with check (true)",
      "alter policy of_current_organization on memberships with check (organization_id = (select current_organization_id()))",
      "memberships",
    ],
    [
      "a policy that lets everything through",
      "alter policy of_current_organization on audit_events using (true)",
      "alter policy of_current_organization on audit_events using (organization_id = (select current_organization_id()))",
      "audit_events",
    ],
  ])("TI10 refuses %s", async (_what, change, undo, name) => {
    expect(await checkAfter(change, undo)).toBe(
      `Without row-level security (ENABLE, FORCE, and a policy that holds reads and writes to the current organization): ${name}.`,
    );
  });

  it.each([
    ["begins with something else", "primary key (id, organization_id)"],
    ["does not know the organization", "primary key (id)"],
    ["is missing", "alter id set not null"],
  ])("TI10 refuses a table whose primary key %s", async (_what, key) => {
    const change = `alter table projects drop constraint projects_pkey, ${key.startsWith("alter") ? key : `add ${key}`}`;
    const undo = `alter table projects drop constraint if exists projects_pkey;
      alter table projects add primary key (organization_id, id)`;
    expect(await checkAfter(change, undo)).toBe(
      "Without organization_id at the beginning of the primary key: projects.",
    );
  });

  it.each([
    ["unfinished", "finished_at = null", "finished_at = now()"],
    ["rolled back", "rolled_back_at = now()", "rolled_back_at = null"],
    [
      "missing",
      "migration_name = 'x' || migration_name",
      "migration_name = substr(migration_name, 2)",
    ],
  ])("FA26 refuses a migration that is %s", async (_what, change, undo) => {
    const update = "update _prisma_migrations set";
    expect(await checkAfter(`${update} ${change}`, `${update} ${undo}`)).toMatch(
      /^The database lacks .*\. Run: npm run db:migrate$/,
    );
  });

  /** The fault that is found after a change that only this transaction sees: roles belong to all tests. */
  async function checkWith(change: string): Promise<string | undefined> {
    const superuser = openSingle(`${prepared.url}?options=-c%20role=none`);
    let fault: string | undefined;
    try {
      await superuser.unscoped.$transaction(async (tx) => {
        await tx.$executeRawUnsafe(change);
        await tx.$executeRawUnsafe(`set local role ${applicationRole}`);
        await checkDatabase(tx).catch((error: Error) => (fault = error.message));
        throw new Error("undo");
      });
    } catch (error) {
      if (!(error instanceof Error) || error.message !== "undo") throw error;
    } finally {
      await superuser.close();
    }
    return fault;
  }

  it.each([
    ["that can log in", `alter role ${authenticatorRole} login`, "can log in"],
    ["that is a superuser", `alter role ${authenticatorRole} superuser`, "is a superuser"],
    ["with BYPASSRLS", `alter role ${authenticatorRole} bypassrls`, "has BYPASSRLS"],
    [
      "that the application's role belongs to",
      `grant ${authenticatorRole} to ${applicationRole}`,
      "The application's role is a member of",
    ],
    [
      "that does not own the function",
      "alter function authenticate_session owner to current_user",
      "does not belong to",
    ],
    [
      "whose function works as its caller",
      "alter function authenticate_session security invoker",
      "is not SECURITY DEFINER",
    ],
    [
      "whose function everybody may call",
      "grant execute on function authenticate_session to public",
      "Every role may call",
    ],
    [
      "whose policy also writes",
      `create policy writing on projects for update to ${authenticatorRole} using (true)`,
      "Policies for another role, or without a condition: projects.writing.",
    ],
  ])("TI10 refuses an authenticator %s", async (_what, change, fault) => {
    expect(await checkWith(change)).toContain(fault);
  });

  it.each([
    ["without a condition", "using (true)"],
    ["without a condition on what is written", "for insert with check (true)"],
    ["of another role", `for select to pg_monitor using (organization_id is null)`],
  ])("TI10 refuses a further policy %s", async (_what, rule) => {
    expect(await checkWith(`create policy further on memberships ${rule}`)).toBe(
      "Policies for another role, or without a condition: memberships.further.",
    );
  });

  it("TI10 refuses to work as the tables' owner or the superuser", async () => {
    expect(await check("?options=-c%20role=none")).toContain('"postgres"');
    expect(
      await checkAfter(
        `alter table sessions owner to ${applicationRole}`,
        `alter table sessions owner to postgres; grant select, insert, update, delete on sessions to ${applicationRole}`,
      ),
    ).toContain(`"${applicationRole}"`);
  });
});
