import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { describeConnection, pins } from "../../src/database/connection.ts";
import { applicationRole, authenticatorRole, openDatabase } from "../../src/database/database.ts";
import { openJobPool } from "../../src/database/job-pool.ts";
import { applyMigrations } from "../../src/database/migrate.ts";
import { findServerFault } from "../../src/database/server-check.ts";
import { createEmptyDatabase, createTestDatabase, type TestDatabase } from "../support/database.ts";
import { useProcesses } from "../support/processes.ts";
import { findFault, openSingle } from "./fitness.ts";
import { startTcpProxy, type TcpProxy } from "./tcp-proxy.ts";

/** Settings that an operator may have given a login, each of which would break something. */
const odd: Record<string, string> = {
  timezone: "America/New_York",
  datestyle: "SQL, DMY",
  search_path: "elsewhere, public",
  row_security: "off",
  default_transaction_isolation: "serializable",
  standard_conforming_strings: "off",
  quote_all_identifiers: "on",
  transform_null_equals: "on",
  array_nulls: "off",
  intervalstyle: "sql_standard",
  bytea_output: "escape",
  extra_float_digits: "-15",
  idle_session_timeout: "1h",
};

const quiet = { warn: () => undefined };
const login = "odd_login";
const processes = useProcesses();

let database: TestDatabase;
let pooler: TcpProxy;
/** As a login with defaults of its own, which owns nothing. */
let url: string;

const as = (user: string, address: string) => {
  const changed = new URL(address);
  changed.username = user;
  changed.password = "sesame";
  return changed.href;
};

beforeAll(async () => {
  database = await createTestDatabase();
  await database.query(
    `create role ${login} login password 'sesame' in role ${applicationRole}; create schema elsewhere; grant usage on schema elsewhere to ${applicationRole}`,
  );
  for (const [name, value] of Object.entries(odd)) {
    const list = name === "search_path" ? value : `'${value}'`;
    await database.query(`alter role ${login} set ${name} = ${list}`);
  }
  url = as(login, database.url);
  pooler = await startTcpProxy(database.url, { dropsOptions: true });
});
afterAll(async () => {
  await pooler.close();
  await database.query(`drop schema elsewhere; drop role ${login}`);
  await database.drop();
});

describe("unusual defaults of a login, a database or a server", () => {
  it("do not change how connections work", async () => {
    expect(Object.keys(odd).toSorted()).toEqual(Object.keys(pins).toSorted());
    expect(await findFault(url)).toBeUndefined();
    const names = Object.keys(pins);
    const statement =
      "select json_object_agg(lower(name), setting) as settings from pg_settings where lower(name) = any ($1)";
    const jobs = openJobPool({ url, logger: quiet });
    const web = openSingle(url);
    try {
      const expected = { ...pins, datestyle: expect.stringMatching(/^ISO/) };
      expect((await jobs.query(statement, [names])).rows[0].settings).toEqual(expected);
      const [row] = await web.queryPrepared<{ settings: object }>("settings", statement, [names]);
      expect(row?.settings).toEqual(expected);
    } finally {
      await jobs.end();
      await web.close();
    }
  });

  it("do not change the instant that is stored and read", async () => {
    const web = openDatabase({ url, poolSize: 1, logger: quiet, slowness: 10 });
    const instant = new Date("2026-07-01T12:34:56.789Z");
    const data = { issuer: "https://id.example/oidc", subject: "ada", suspendedAt: instant };
    try {
      const { id } = await web.unscoped.user.create({ data });
      const stored = await database.query("select suspended_at as at from users");
      expect(stored).toEqual([{ at: instant }]);
      const read = await web.unscoped.user.findUnique({ where: { id } });
      expect(read?.suspendedAt).toEqual(instant);
    } finally {
      await web.close();
    }
  });

  it("do not change the schema that migrations make, nor time them out", async () => {
    const empty = await createEmptyDatabase();
    const owner = "odd_owner";
    try {
      await empty.query(
        `create role ${owner} login password 'sesame' in role ${applicationRole}, ${authenticatorRole}; create schema ${owner} authorization ${owner}; grant all on schema public to ${owner} with grant option`,
      );
      await empty.query(`alter role ${owner} set statement_timeout = '1ms'`);
      await empty.query(`alter role ${owner} set search_path = ${owner}, public`);
      await empty.query(`alter role ${owner} set timezone = 'Asia/Kolkata'`);
      await empty.query(
        `do $$ begin execute format('grant create on database %I to ${owner}', current_database()); end $$`,
      );
      expect((await applyMigrations(as(owner, empty.url))).length).toBeGreaterThan(0);
      expect(
        await empty.query(`select from pg_class where relnamespace = '${owner}'::regnamespace`),
      ).toEqual([]);
      expect(await findFault(as(owner, empty.url))).toBeUndefined();
    } finally {
      await empty.query(`drop owned by ${owner}, ${authenticatorRole}; drop role ${owner}`);
      await empty.drop();
    }
  });

  it("are reported one after the other behind a pool that drops start-up settings", async () => {
    const address = as(login, pooler.url);
    const found: string[] = [];
    for (let count = 0; count <= Object.keys(odd).length; count += 1) {
      const fault = await findFault(address);
      if (fault === undefined) break;
      const name = /ALTER ROLE that_login SET (\w+) = '([^']*)'/.exec(fault);
      expect(name, fault).not.toBeNull();
      found.push(name?.[1] ?? "");
      await database.query(`alter role ${login} set ${name?.[1]} = '${name?.[2]}'`);
    }
    expect(found.toSorted()).toEqual(Object.keys(odd).toSorted());
    expect(await findFault(address)).toBeUndefined();
  });
});

it("migrations say in one line that a login may not create tables", async () => {
  const empty = await createEmptyDatabase();
  await empty.query("create role stranger login password 'sesame'");
  await expect(applyMigrations(as("stranger", empty.url))).rejects.toThrow(
    /^The login may not create tables in the schema public\. .*GRANT CREATE ON SCHEMA public TO that_login WITH GRANT OPTION$/,
  );
  await empty.query("drop role stranger");
  await empty.drop();
});

describe("a database with an encoding that cannot hold every name", () => {
  it.each(["LATIN1", "SQL_ASCII"])(
    "%s is refused by migrations and at the start",
    async (encoding) => {
      const name = `odd_${encoding.toLowerCase()}`;
      await database.query(
        `create database ${name} template template0 encoding '${encoding}' locale_provider libc locale 'C'`,
      );
      const address = new URL(database.url);
      address.pathname = `/${name}`;
      const words = `The database's encoding is ${encoding}, in which not every name can be written; this needs UTF8. Make another one: createdb -T template0 -E UTF8`;
      expect(await findFault(address.href)).toContain(words);
      const { code, errors } = await processes.run("src/database/migrate-command.ts", {
        environment: { DATABASE_URL: address.href },
      });
      expect([code, errors.trim().split("\n")]).toEqual([1, [expect.stringContaining(words)]]);
      await database.query(`drop database ${name}`);
    },
  );
});

describe("findServerFault()", () => {
  const fit = {
    version: "15.2",
    versionNumber: 150_002,
    encoding: "UTF8",
    isReadOnly: false,
    schemas: ["public"],
    settings: { ...pins, timezone: "Etc/UTC", datestyle: "ISO, DMY" },
  };

  it.each([
    [{ version: "14.9", versionNumber: 140_009 }, "The server is PostgreSQL 14.9; this needs 15"],
    [{ isReadOnly: true }, "The database is read-only"],
    [{ schemas: [] }, "has no schema public"],
    [{ schemas: ["crm", "public"] }, "look for tables in crm, public"],
    [{ settings: { timezone: "Europe/London" } }, "timezone = Europe/London"],
    [{ settings: { datestyle: "German, DMY" } }, "datestyle = German, DMY"],
    [{ settings: { session_replication_role: "replica" } }, "session_replication_role = replica"],
  ])("of %o says %s", (change, words) => {
    const fault = findServerFault({ ...fit, ...change });
    expect(fault).toContain(words);
  });

  it("finds nothing wrong with a fit server", () => {
    expect(findServerFault(fit)).toBeUndefined();
  });
});

it("options in the address come after ours", () => {
  const { connectionString } = describeConnection("postgres://u@h/d?options=-c%20work_mem%3D4MB");
  const options = new URL(connectionString).searchParams.get("options");
  expect(options).toMatch(/^-c timezone=UTC .*read\\ committed.* -c work_mem=4MB$/);
});
