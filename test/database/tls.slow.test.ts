import { execFileSync, spawnSync } from "node:child_process";
import { chown, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { type Postgres, startPostgres } from "../../dev/postgres/postgres.ts";
import { checkDatabase } from "../../src/database/boot-check.ts";
import { openDatabase } from "../../src/database/database.ts";
import { listen } from "../../src/database/listen.ts";
import { applyMigrations } from "../../src/database/migrate.ts";
import { smallSettings, useProcesses } from "../support/processes.ts";

/** A server of its own, which lets nobody in without TLS, with a certificate for "localhost" by an authority of its own. */
let directory: string;
let postgres: Postgres;
let url: string;
let plain: string;
const processes = useProcesses();

const authority = () => join(directory, "authority.pem");

function makeCertificates(): void {
  const run = (...parameters: string[]) =>
    execFileSync("openssl", parameters, { cwd: directory, stdio: "pipe" });
  const key = ["-newkey", "rsa:2048", "-nodes", "-days", "2"];
  run("req", "-x509", ...key, "-keyout", "a.key", "-out", "authority.pem", "-subj", "/CN=Ours");
  run(
    "req",
    "-new",
    ...key.slice(0, 3),
    "-keyout",
    "server.key",
    "-out",
    "s.csr",
    "-subj",
    "/CN=x",
  );
  execFileSync("sh", ["-c", "echo subjectAltName=DNS:localhost > names"], { cwd: directory });
  const signed = ["-CA", "authority.pem", "-CAkey", "a.key", "-CAcreateserial", "-days", "2"];
  run("x509", "-req", "-in", "s.csr", ...signed, "-extfile", "names", "-out", "server.pem");
}

const hasOpenssl = spawnSync("openssl", ["version"]).status === 0;

beforeAll(async () => {
  if (!hasOpenssl) return;
  directory = await mkdtemp(join(tmpdir(), "tls-"));
  makeCertificates();
  postgres = await startPostgres({ directory: join(directory, "server"), port: 0, durable: false });
  url = await postgres.createDatabase("secret");
  await applyMigrations(url);
  plain = url.replace("127.0.0.1", "localhost");
  const [[row] = []] = await asSuperuser("select current_setting('data_directory') as data");
  const data = row?.data ?? "";
  const { uid, gid } = await stat(data);
  for (const name of ["server.key", "server.pem"]) {
    await writeFile(join(data, name), await readFile(join(directory, name)), { mode: 0o600 });
    await chown(join(data, name), uid, gid);
  }
  const rules = "hostssl all all all scram-sha-256\n";
  await writeFile(join(data, "pg_hba.conf"), rules);
  await asSuperuser(
    "alter system set ssl_cert_file = 'server.pem'",
    "alter system set ssl = on",
    "select pg_reload_conf()",
  );
});
afterAll(async () => {
  await postgres?.stop();
  if (hasOpenssl) await rm(directory, { recursive: true, force: true });
});

async function asSuperuser(...statements: string[]): Promise<{ data: string }[][]> {
  const isSecret = statements[0]?.includes("ssl = off");
  const client = new pg.Client({ connectionString: isSecret ? `${plain}?sslmode=no-verify` : url });
  await client.connect();
  const results: { data: string }[][] = [];
  for (const statement of statements) results.push((await client.query(statement)).rows);
  await client.end();
  return results;
}

/** Checks a database as a start does. @returns the message of the failure; empty without one */
async function check(address: string): Promise<string> {
  const database = openDatabase({
    url: address,
    poolSize: 1,
    logger: { warn: () => undefined },
    slowness: 10,
  });
  try {
    return await checkDatabase(database.unscoped).then(() => "", messageOf);
  } finally {
    await database.close();
  }
}

/** Listens as an open list does, until the connection is there. */
async function hears(address: string): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const listener = listen({
    url: address,
    channel: "sample",
    logger: { warn: () => reject(new Error("It cannot listen.")) },
    onNotice: () => undefined,
    onListening: resolve,
  });
  try {
    await promise;
  } finally {
    await listener.close();
  }
}

const migrate = (address: string) => applyMigrations(address).then(() => "", messageOf);
const messageOf = (error: Error) => error.message;

const settings = {
  ...smallSettings,
};

describe.skipIf(!hasOpenssl)("a server that demands TLS (skipped without openssl)", () => {
  it.each([
    [
      "without a word of TLS",
      () => plain,
      "no encryption. Where the server demands TLS, add ?sslmode=verify-full",
    ],
    ["sslmode=disable", () => `${plain}?sslmode=disable`, "Where the server demands TLS"],
    [
      "sslmode=require, which trusts nobody",
      () => `${plain}?sslmode=require`,
      "Name the certificate of the authority",
    ],
    [
      "sslmode=verify-full, likewise",
      () => `${plain}?sslmode=verify-full`,
      "Name the certificate of the authority",
    ],
    [
      "another name than the certificate's",
      () => `${url}?sslmode=verify-full&sslrootcert=${authority()}`,
      "Connect by a name that is in the server's certificate",
    ],
    [
      "a wrong password",
      () => `${plain.replace(/:[^:@]+@/, ":wrong@")}?sslmode=no-verify`,
      'password authentication failed for user "postgres". Look at its user and password',
    ],
    [
      "no password",
      () => `${plain.replace(/:[^:@]+@/, "@")}?sslmode=no-verify`,
      "Look at its user and password",
    ],
    [
      "no such database",
      () => `${plain.replace(/secret$/, "elsewhere")}?sslmode=no-verify`,
      'database "elsewhere" does not exist. Create it: createdb -T template0 -E UTF8',
    ],
  ])("%s: migrations and the start say why", async (_what, address, words) => {
    for (const fault of [await check(address()), await migrate(address())]) {
      expect(fault).toContain(words);
      expect(fault).toContain("The database of DATABASE_URL cannot be used: ");
      expect(fault).not.toMatch(/wrong|\n/);
    }
  });

  it.each([
    [
      "verify-full, by the authority's certificate",
      () => `?sslmode=verify-full&sslrootcert=${authority()}`,
    ],
    ["require, likewise", () => `?sslmode=require&sslrootcert=${authority()}`],
    ["no-verify", () => "?sslmode=no-verify"],
    ["libpq's require", () => "?uselibpqcompat=true&sslmode=require"],
  ])("%s: migrations, the start and listening work", async (_what, parameters) => {
    expect(await migrate(plain + parameters())).toBe("");
    expect(await check(plain + parameters())).toBe("");
    await hears(plain + parameters());
  });

  it("prints a line when it refuses a process, and no warning when it works", async () => {
    const refused = { ...settings, DATABASE_URL: plain };
    for (const script of ["src/main.ts", "src/database/migrate-command.ts"]) {
      const { code, output, errors } = await processes.run(script, { environment: refused });
      expect([code, output, errors.trim().split("\n")]).toEqual([
        1,
        "",
        [expect.stringContaining("Where the server demands TLS")],
      ]);
    }
    const DATABASE_URL = `${plain}?sslmode=require&sslrootcert=${authority()}`;
    const { errors } = await processes.run("src/database/migrate-command.ts", {
      environment: { DATABASE_URL },
    });
    expect(errors).toBe("");
    const { url: at } = await processes.startApplication({ ...settings, DATABASE_URL });
    expect((await fetch(`${at}/readyz`)).status).toBe(200);
  });

  it("refuses a server without TLS when the address asks for TLS", async () => {
    await asSuperuser("alter system set ssl = off", "select pg_reload_conf()");
    const address = `${plain}?sslmode=verify-full`;
    const words = "does not support SSL connections. Take sslmode out of the address";
    await expect.poll(() => check(address)).toContain(words);
    expect(await migrate(address)).toContain(words);
  });
});
