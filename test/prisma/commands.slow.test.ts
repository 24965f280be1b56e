import { execFile } from "node:child_process";
import { cp, mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { createEmptyDatabase, createTestDatabase, type TestDatabase } from "../support/database.ts";

const root = resolve(import.meta.dirname, "../..");
const engine = join(root, "dev/prisma/engine.ts");

/** A project with nothing but what the CLI reads: no `.env` and no `.dev/` of the person who runs the tests. */
let project: string;
let migrated: TestDatabase;
let empty: TestDatabase;

beforeAll(async () => {
  project = await copyProject(["prisma.config.ts", "package.json", "prisma", "src", "dev"]);
  [migrated, empty] = await Promise.all([createTestDatabase(), createEmptyDatabase()]);
});
afterAll(async () => {
  await Promise.all([migrated.drop(), empty.drop(), rm(project, { recursive: true })]);
});

async function copyProject(paths: string[]): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "prisma-"));
  for (const path of paths) await cp(join(root, path), join(folder, path), { recursive: true });
  await symlink(join(root, "node_modules"), join(folder, "node_modules"));
  return folder;
}

/** As `npx prisma …` in that folder, on a machine whose only download server does not exist. */
function prisma(
  command: string,
  environment: Record<string, string> = {},
  folder = project,
): Promise<{ code: number; said: string }> {
  const PATH = `${join(root, "node_modules/.bin")}:${process.env["PATH"]}`;
  const env = { PATH, PRISMA_ENGINES_MIRROR: "http://127.0.0.1:9", ...environment };
  const cli = [join(root, "node_modules/prisma/build/index.js"), ...command.split(" ")];
  return new Promise((done) => {
    execFile(process.execPath, cli, { cwd: folder, env }, (error, stdout, stderr) => {
      done({ code: error ? Number(error.code) : 0, said: stdout + stderr });
    });
  });
}

describe("npx prisma, without a network", () => {
  it("format changes nothing in prisma/schema.prisma, in the image too, which is built without dev/", async () => {
    const image = await copyProject(["prisma.config.ts", "package.json", "prisma", "src"]);
    try {
      expect(await prisma("format --check", {}, image)).toMatchObject({ code: 0 });
    } finally {
      await rm(image, { recursive: true });
    }
  });

  it("migrate status lists what is missing in the database of MIGRATION_DATABASE_URL, or else DATABASE_URL", async () => {
    const { code, said } = await prisma("migrate status", {
      DATABASE_URL: migrated.url,
      MIGRATION_DATABASE_URL: empty.url,
    });
    expect({ code, said }).toMatchObject({ code: 1 });
    expect(said).toContain("migrations have not yet been applied");
  });

  it("migrate status says what to do where there is no database", async () => {
    const { code, said } = await prisma("migrate status");
    expect(code).toBe(1);
    expect(said).toContain("There is no database: start `npm run dev`");
  });

  it("migrate diff replays the migrations in a shadow database, and leaves nothing of it", async () => {
    const command = "migrate diff --from-migrations prisma/migrations --to-empty --exit-code";
    const { code, said } = await prisma(command, { DATABASE_URL: empty.url });
    expect({ code, said }).toMatchObject({ code: 2 });
    expect(said).toContain("[-] Removed tables\n  - audit_events");
    const left = await empty.query(`
      select relname from pg_class where relnamespace = 'public'::regnamespace
      union all select datname from pg_database where datname like 'prisma_migrate_shadow_db_%'`);
    expect(left).toEqual([]);
  });
});

describe("the engine that the CLI starts", () => {
  it.each([
    ["a server that does not answer", "127.0.0.1:9", "P1001", "does not answer at 127.0.0.1:9."],
    ["a missing database", "", "P1003", 'database "missing" does not exist'],
  ])("tells the CLI of %s", async (_what, host, code, sentence) => {
    const url = new URL(empty.url);
    url.pathname = "/missing";
    if (host !== "") url.host = host;
    const datasource = ["--datasource", JSON.stringify({ url: url.href })];
    const parameters = [engine, ...datasource, "cli", "can-connect-to-database"];
    const fault: unknown = await promisify(execFile)(process.execPath, parameters).catch(
      (error: unknown) => error,
    );
    expect(fault).toMatchObject({ code: 1, stderr: expect.stringMatching(/^\n\{.*\}$/) });
    const { stderr } = fault as { stderr: string };
    expect(JSON.parse(stderr)).toMatchObject({
      level: "ERROR",
      fields: { error_code: code, message: expect.stringContaining(sentence) },
    });
  });
});
