import { execFile } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { chown, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { findAnyPort } from "../../dev/system/ports.ts";
import { findAccount } from "../../dev/postgres/account.ts";
import { applyMigrations } from "../../src/database/migrate.ts";
import { productIdentifier, productSlug } from "../../src/runtime/product.ts";
import { useApplication } from "../support/application.ts";
import { root } from "../support/documents.ts";
import { smallSettings, useProcesses } from "../support/processes.ts";
import { connected } from "../support/template.ts";

const application = useApplication();

/** The statements of docs/backup.md, in its order. */
async function readStatements(): Promise<string[]> {
  const page = await readFile(join(root, "docs/backup.md"), "utf8");
  return [...page.matchAll(/```sql\n(.*?)```/gs)].map(([, text = ""]) =>
    text.replaceAll("…", "sesame"),
  );
}

const tablesStatement = `
  select c.oid::regclass::text as name from pg_class c
   where c.relkind = 'r' and c.relnamespace in ('public'::regnamespace, 'graphile_worker'::regnamespace) order by 1`;

/** How many rows each table has. */
function countRows(url: string): Promise<Record<string, number>> {
  return connected(url, async (client) => {
    const { rows } = await client.query<{ name: string }>(tablesStatement);
    const counts: Record<string, number> = {};
    for (const { name } of rows) {
      const { rows: counted } = await client.query(`select count(*)::integer as n from ${name}`);
      counts[name] = counted[0].n;
    }
    return counts;
  });
}

describe("a function of the database", () => {
  it("finds its tables wherever it is called from", async () => {
    const loose = await application.query(`
      select p.oid::regprocedure::text as name from pg_proc p
       where p.pronamespace = 'public'::regnamespace and p.prosqlbody is null
         and not exists (select from unnest(p.proconfig) as setting where setting like 'search\\_path=%')`);
    expect(loose).toEqual([]);
  });

  it("works during a restore of the data alone, which has no search_path", async () => {
    await connected(application.config.database.url, async (client) => {
      await client.query("set search_path = ''; begin");
      await client.query(
        "insert into public.users (id, issuer, subject, email, email_verified) values (gen_random_uuid(), 'i', 'restored', 'a@b.example', true)",
      );
      await client.query(
        "insert into public.organizations (id, slug, name) values (gen_random_uuid(), 'restored', 'Restored')",
      );
      await client.query(
        "insert into public.memberships (organization_id, user_id, role) select o.id, u.id, 'owner' from public.organizations o, public.users u where o.slug = 'restored' and u.subject = 'restored'",
      );
      await client.query("set constraints all immediate");
      const { rows } = await client.query(
        "select proven_email from public.users where subject = 'restored'",
      );
      expect(rows).toEqual([{ proven_email: "a@b.example" }]);
      await client.query("rollback");
    });
  });
});

describe("docs/backup.md", () => {
  const backup = () => {
    const url = new URL(application.config.database.url);
    url.username = `${productIdentifier}_backup`;
    url.password = "sesame";
    return url.href;
  };
  beforeAll(async () => {
    await application.createOrganization(await application.createPerson("Łucja 🚀"));
  });
  afterAll(async () => {
    await application.query(`drop role if exists ${productIdentifier}_backup`);
  });

  it("has a role that reads every row of every table, which the owner of the tables cannot", async () => {
    const [makeRole = ""] = await readStatements();
    for (const statement of makeRole.split(";").filter((text) => text.trim() !== "")) {
      await application.query(statement);
    }
    const all = await countRows(application.config.database.url);
    expect(all).toMatchObject({ users: 1, organizations: 1, memberships: 1 });
    await connected(backup(), async (client) => {
      // As pg_dump does: what a policy would hide is an error.
      await client.query("set row_security = off");
      for (const [name, count] of Object.entries(all)) {
        const { rows } = await client.query(`select count(*)::integer as n from ${name}`);
        expect([name, rows[0].n]).toEqual([name, count]);
      }
      await expect(client.query("delete from projects")).rejects.toThrow("permission denied");
    });
  });
});

/** The folder with PostgreSQL's own programs, the newest there is: npm's PostgreSQL comes without pg_dump. */
function findPrograms(): string | undefined {
  const needed = ["initdb", "pg_ctl", "pg_dump", "pg_restore"];
  const versions = existsSync("/usr/lib/postgresql") ? readdirSync("/usr/lib/postgresql") : [];
  return versions
    .toSorted((a, b) => Number(b) - Number(a))
    .map((version) => join("/usr/lib/postgresql", version, "bin"))
    .find((programs) => needed.every((name) => existsSync(join(programs, name))));
}

const programs = process.env["POSTGRES_PROGRAMS"] ?? findPrograms();

describe.skipIf(programs === undefined)(
  "docs/backup.md, with PostgreSQL's own programs (skipped where the machine has no pg_dump)",
  () => {
    const processes = useProcesses();
    let directory: string;
    let server: string;
    const account = findAccount();
    const run = (name: string, parameters: string[]) =>
      promisify(execFile)(join(programs ?? "", name), parameters, {
        ...account,
        cwd: "/",
        env: { LC_ALL: "C" },
      });
    const at = (name: string, user = productSlug) => {
      const url = new URL(server);
      url.username = user;
      url.pathname = `/${name}`;
      return url.href;
    };

    beforeAll(async () => {
      directory = await mkdtemp(join(tmpdir(), "backup-"));
      if ("uid" in account) await chown(directory, account.uid, account.gid);
      const port = await findAnyPort();
      server = `postgres://postgres@127.0.0.1:${port}/postgres`;
      const data = join(directory, "data");
      await run("initdb", ["--pgdata", data, "-U", "postgres", "-E", "UTF8", "--no-sync"]);
      const settings = `-p ${port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off -c timezone=Asia/Kolkata`;
      const log = join(directory, "log");
      await run("pg_ctl", ["start", "--wait", "-D", data, "-l", log, "-o", settings]);
    });
    afterAll(async () => {
      await run("pg_ctl", ["stop", "-D", join(directory, "data"), "-m", "immediate"]);
      await rm(directory, { recursive: true, force: true });
    });

    it("saves all, restores it into a new database, and the application serves it", async () => {
      const [makeBackup = "", makeRoles = "", makeDatabase = "", giveFunction = ""] =
        await readStatements();
      const [makeOwner = ""] = makeRoles.split("\n");
      await connected(server, async (client) => {
        await client.query(makeOwner);
        await client.query(makeBackup);
        await client.query(
          `create database "${productSlug}" owner "${productSlug}" template template0 encoding 'UTF8'`,
        );
      });
      await applyMigrations(at(productSlug));
      await connected(at(productSlug, "postgres"), async (client) => {
        await client.query(someRows);
      });

      const file = join(directory, `${productSlug}.dump`);
      const save = (user: string) =>
        run("pg_dump", ["--format=custom", `--file=${file}`, at(productSlug, user)]);
      await expect(save(productSlug)).rejects.toThrow("row-level security");
      await save(`${productIdentifier}_backup`);
      await connected(server, (client) => client.query(makeDatabase));
      const into = `--dbname=${at(`${productSlug}_restored`)}`;
      await run("pg_restore", [
        "--no-owner",
        "--exit-on-error",
        "--single-transaction",
        into,
        file,
      ]);

      await connected(at(`${productSlug}_restored`), (client) => client.query(giveFunction));

      const counts = await countRows(at(productSlug, "postgres"));
      expect(counts).toMatchObject({ organizations: 1, memberships: 1, logto_memberships: 1 });
      expect(await countRows(at(`${productSlug}_restored`, "postgres"))).toEqual(counts);
      expect(await applyMigrations(at(`${productSlug}_restored`))).toEqual([]);
      const { url } = await processes.startApplication({
        ...smallSettings,
        DATABASE_URL: at(`${productSlug}_restored`),
      });
      expect((await fetch(`${url}/readyz`)).status).toBe(200);
    });
  },
);

const someRows = `
  begin;
  insert into users (id, issuer, subject, name) values (gen_random_uuid(), 'i', 's', 'Łucja 🚀');
  insert into organizations (id, slug, name) values (gen_random_uuid(), 'acme', 'Acme');
  insert into memberships (organization_id, user_id, role) select o.id, u.id, 'owner' from organizations o, users u;
  commit;`;
