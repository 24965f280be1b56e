import { createServer, connect } from "node:net";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { findAddressFault, locate, settle } from "../../src/database/address.ts";
import { openDatabase } from "../../src/database/database.ts";
import { applicationRole } from "../../src/database/database.ts";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";
import { smallSettings, useProcesses } from "../support/processes.ts";

describe("findAddressFault()", () => {
  it.each([
    "postgres://user:password@host:5432/database",
    "postgres://user:p%40ss%2Fw%23%3F%25@host/database?schema=public",
    "postgres://user:password@[::1]:5432/database",
    "postgres://user:password@/database?host=/var/run/postgresql",
    "postgres:///database?host=/var/run/postgresql&user=user",
    "postgres://%2Fvar%2Frun%2Fpostgresql/database",
    "postgres://user@host/database?sslmode=verify-full&channel_binding=require",
    "postgres://user@host/database?sslmode=verify-full&sslrootcert=system",
    "postgres://user@host/database?target_session_attrs=read-write",
    "postgres://user@host/database?pgbouncer=true&connection_limit=1",
  ])("lets %s pass", (address) => {
    expect(findAddressFault(address)).toBeUndefined();
  });

  it.each([
    ["mysql://user:canary@host/database", "must be an address such as postgres://"],
    ["postgres://user:canary@[/database", "percent-encode"],
    ["postgres://user:canary#1@host/database", "percent-encode"],
    ["postgres://user:%e4canary@host/database", "percent-encode"],
    ["postgres://user:canary@one:5432,two:5432/database", "names several hosts"],
    ["postgres://user:canary@/database?host=one,two", "names several hosts"],
    ["postgres://user:canary@host/database?schema=crm", "names another schema than public"],
    ["postgres://user:canary@host/database?currentSchema=crm", "names another schema than public"],
    ["postgres://user:canary@host:99999/database", "look at its port"],
    [
      "postgres://user:canary@host/database?sslmode=verify_full",
      "has an sslmode that is not one of",
    ],
    ["postgres://user:canary@host/database?target_session_attrs=standby", "only read"],
    [
      "postgres://user:canary@host/database?sslmode=require&sslrootcert=/none.pem",
      "cannot be read: /none.pem",
    ],
  ])("of %s finds it, and tells no secret", (address, words) => {
    expect(findAddressFault(address)).toContain(words);
    expect(findAddressFault(address)).not.toContain("canary");
  });
});

describe("settle()", () => {
  it.each([
    ["postgres://u@h/d", "postgres://u@h/d"],
    ["postgres://u@h/d?sslmode=require", "postgres://u@h/d?sslmode=verify-full"],
    ["postgres://u@h/d?sslmode=no-verify", "postgres://u@h/d?sslmode=no-verify"],
    [
      "postgres://u@h/d?uselibpqcompat=true&sslmode=require",
      "postgres://u@h/d?uselibpqcompat=true&sslmode=require",
    ],
  ])("makes of %s what pg means by it, without its warning", (address, settled) => {
    expect(settle(address)).toBe(settled);
  });
});

it("locate() finds where pg connects to, in every form of address", () => {
  expect(locate("postgres://u@localhost/d?host=db.example.com&port=6432")).toEqual({
    host: "db.example.com",
    port: 6432,
    database: "d",
    user: "u",
  });
  expect(locate("postgres://u@/d?host=/run/postgresql").host).toBe("/run/postgresql");
});

const processes = useProcesses();

describe("an address that works nowhere", () => {
  const settings = {
    ...smallSettings,
    LOGTO_M2M_APP_ID: "machine",
    LOGTO_M2M_APP_SECRET: "9f3kd02mfa8s",
  };
  it.each([
    ["src/main.ts", "DATABASE_URL"],
    ["src/main.ts", "JOBS_DATABASE_URL"],
    ["src/logto/commands/queue.ts", "DATABASE_URL"],
    ["src/logto/commands/reconcile.ts", "DATABASE_URL"],
    ["src/database/migrate-command.ts", "DATABASE_URL"],
    ["src/database/migrate-command.ts", "MIGRATION_DATABASE_URL"],
  ])("is refused by %s, by the name of %s", async (script, name) => {
    const environment = {
      ...settings,
      DATABASE_URL: "postgres://u@127.0.0.1:9/d",
      [name]: "postgres://u:canary@h/d?schema=crm",
    };
    const { code, errors } = await processes.run(script, { environment });
    expect(code).toBe(1);
    expect(errors).toMatch(new RegExp(`^ *${name} +names another schema than public`, "m"));
    expect(errors).not.toContain("canary");
  });
});

describe("a login with special characters in its password, through a socket in the file system", () => {
  const password = "p@ss/w#r?d%41 ü&'=+";
  let database: TestDatabase;
  let folder: string;
  const server = createServer((near) => {
    const { port } = new URL(database.url);
    const far = connect(Number(port), "127.0.0.1");
    near.pipe(far).pipe(near);
    for (const socket of [near, far]) socket.on("error", () => near.destroy());
  });
  beforeAll(async () => {
    database = await createTestDatabase();
    folder = await mkdtemp(join(tmpdir(), "socket-"));
    await new Promise<void>((resolve) => server.listen(join(folder, ".s.PGSQL.5432"), resolve));
    await database.query(
      `create role special login in role ${applicationRole} password ${pg.escapeLiteral(password)}`,
    );
  });
  afterAll(async () => {
    await database.query("drop role special");
    await new Promise((resolve) => server.close(resolve));
    await database.drop();
    await rm(folder, { recursive: true, force: true });
  });

  it("works", async () => {
    const { pathname } = new URL(database.url);
    const url = `postgres://special:${encodeURIComponent(password)}@${pathname}?host=${folder}`;
    expect(findAddressFault(url)).toBeUndefined();
    const opened = openDatabase({ url, poolSize: 1, logger: { warn: () => undefined } });
    try {
      expect(await opened.queryPrepared("who", "select session_user::text as who", [])).toEqual([
        { who: "special" },
      ]);
    } finally {
      await opened.close();
    }
  });
});
