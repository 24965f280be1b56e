import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

import pino from "pino";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { readFunctions } from "../../dev/new-migration/functions.ts";
import { writeScript } from "../../dev/new-migration/script.ts";
import { checkDatabase } from "../../src/database/boot-check.ts";
import { applicationRole, openDatabase } from "../../src/database/database.ts";
import { applyMigrations } from "../../src/database/migrate.ts";
import { readSchema } from "../../src/database/migrations.ts";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";

let database: TestDatabase;
let schema: string;
/** Of migrations: ours, and those that a test adds. */
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "migrations-"));
  await cp(join(import.meta.dirname, "../../prisma/migrations"), folder, { recursive: true });
  [database, schema] = await Promise.all([createTestDatabase(), readSchema()]);
});
afterAll(() => Promise.all([database.drop(), rm(folder, { recursive: true })]));

const write = (changed: string) =>
  writeScript(database.url, changed, pathToFileURL(`${folder}/`)).then((script) => script ?? "");

/** As `npm run dev` does with a file that was written. */
async function apply(name: string, script: string): Promise<void> {
  await mkdir(join(folder, name));
  await writeFile(join(folder, name, "migration.sql"), script);
  await applyMigrations(database.url, pathToFileURL(`${folder}/`));
}

/** The check of the database that the application makes when it starts. */
async function start(): Promise<void> {
  const logger = pino({ level: "silent" });
  const started = openDatabase({ url: database.url, poolSize: 1, logger });
  try {
    await checkDatabase(started.unscoped);
  } finally {
    await started.close();
  }
}

const notes = `
model Note {
  organizationId String  @map("organization_id") @db.Uuid
  id             String  @default(uuid(7)) @db.Uuid
  number         Int     @default(autoincrement())
  title          String
  @@id([organizationId, id])
  @@map("notes")
}`;

describe("writeScript()", () => {
  it("writes nothing for the schema as it is: no policy, function, trigger or partial index is dropped", async () => {
    expect(await write(schema)).toBe("");
  });

  it("repeats the functions whose files say something else", async () => {
    const files = await readFunctions();
    const text =
      files.get("purge_invitations")?.replace("interval '90 days'", "interval '80 days'") ?? "";
    const changed = new Map([...files, ["purge_invitations", text]]);
    const url = pathToFileURL(`${folder}/`);
    expect(await writeScript(database.url, schema, url, changed)).toBe(text);
    expect(await writeScript(database.url, schema, url, files)).toBeNull();
  });

  it("makes a column, a value of an enum and a table that the application starts with", async () => {
    const changed = schema
      .replace("model Project {", "model Project {\n  color String?")
      .replace("  viewer\n", "  viewer\n  guest\n");
    const script = await write(changed + notes);
    expect(script).toContain('ALTER TABLE "projects" ADD COLUMN "color" TEXT;');
    expect(script).toContain("ALTER TYPE \"role\" ADD VALUE 'guest';");
    expect(script).not.toContain("Warnings");
    await apply("30000101000000_notes", script);
    await start();
    // Without the guards, the check complains.
    await database.query("alter table notes no force row level security");
    await expect(start()).rejects.toThrow("Without row-level security");
    await database.query("alter table notes force row level security");
    const [use] = await database.query(
      `select has_sequence_privilege('${applicationRole}', 'notes_number_seq', 'usage') as granted`,
    );
    expect(use).toEqual({ granted: true });
    expect(await write(changed + notes)).toBe("");
  });

  it("warns at the top when a step loses data, and leaves nothing behind when one fails", async () => {
    const before = schema
      .replace("model Project {", "model Project {\n  color String?")
      .replace("  viewer\n", "  viewer\n  guest\n");
    const script = await write(
      (before + notes)
        .replace("  color String?\n", "")
        .replace("  withdrawn\n", "")
        .replace("  title  ", "  weight Int\n  title  "),
    );
    const [warnings = ""] = script.split("*/");
    expect(warnings).toContain("You are about to drop the column `color` on the `projects` table.");
    expect(warnings).toContain("The values [withdrawn] on the enum `join_request_status`");
    expect(warnings).toContain("Added the required column `weight` to the `notes` table");
    await database.query(
      "insert into notes (organization_id, id, title) values (gen_random_uuid(), gen_random_uuid(), 'x')",
    );
    const types = () => database.query("select typname from pg_type order by 1");
    const present = await types();
    await expect(apply("30000101000001_weight", script)).rejects.toThrow("weight failed");
    expect(await types()).toEqual(present);
    await rm(join(folder, "30000101000001_weight"), { recursive: true });
  });

  it("reports an error in the schema, and its place", async () => {
    const faulty = schema.replace("model Project {", "model Project {\n  color Strin");
    const refusal = await write(faulty).catch((error: unknown) => String(error));
    expect(refusal).toContain('Type "Strin" is neither a built-in type');
    expect(refusal).toMatch(/--> {2}prisma\/schema\.prisma:\d+/);
    expect(refusal).not.toContain("\u001b");
  });
});
