import { stripVTControlCharacters } from "node:util";

import { applyMigrations } from "../../src/database/migrate.ts";
import { readMigrations } from "../../src/database/migrations.ts";
import { openSchemaEngine } from "../../src/database/schema-engine.ts";
import { describeFault } from "../system/faults.ts";
import { CatalogAdapter } from "../prisma/catalog-adapter.ts";
import { listChangedFunctions, readFunctions } from "./functions.ts";
import { writeGuards } from "./guards.ts";
import { Refusal } from "./refusal.ts";

/** The engine is opened with this schema, so that an error in the real one is an answer. */
const provider = `datasource db {\n  provider = "postgresql"\n}`;

/**
 * Writes the SQL that leads from the migrations to a schema and to the files of the SQL functions. Prisma puts a warning at
 * its top where data is lost or may stand in the way. The script neither adds nor drops the things that Prisma cannot
 * express (policies, triggers, partial indexes), except for the guards of new tables.
 *
 * @param databaseUrl of a superuser, to an empty database, or one with these migrations and no others. It is migrated.
 * @param schema text of schema.prisma
 * @param folder of the migrations, with a slash at its end; prisma/migrations/ unless given
 * @param functions the files of the SQL functions, by name; src/database/functions/ unless given
 * @returns null when there is no difference
 * @throws {Refusal} when the schema or a function has an error, or a migration fails
 */
export async function writeScript(
  databaseUrl: string,
  schema: string,
  folder?: URL,
  functions?: ReadonlyMap<string, string>,
): Promise<string | null> {
  try {
    await applyMigrations(databaseUrl, folder);
    const script = await compare(databaseUrl, schema, folder);
    const files = functions ?? (await readFunctions());
    const changed = await listChangedFunctions(databaseUrl, files);
    const parts = changed.map((name) => files.get(name) ?? "");
    if (script !== null) parts.unshift(complete(script));
    return parts.length === 0 ? null : parts.join("\n");
  } catch (error) {
    if (error instanceof Refusal) throw error;
    throw new Refusal(describe(error), { cause: error });
  }
}

async function compare(databaseUrl: string, schema: string, folder?: URL): Promise<string | null> {
  const migrationsList = await readMigrations(folder);
  const filters = { externalTables: [], externalEnums: [] };
  const { engine, close } = await openSchemaEngine(databaseUrl, provider, CatalogAdapter);
  try {
    // The engine replays the migrations in a shadow database for this question, and only remembers them for the next.
    await engine.devDiagnostic({ migrationsList, filters });
    const { migrationScript } = await engine.createMigration({
      draft: false,
      migrationName: "new",
      migrationsList,
      schema: { files: [{ path: "prisma/schema.prisma", content: schema }] },
      filters,
    });
    return migrationScript;
  } finally {
    await close();
  }
}

/**
 * Completes Prisma's script. Prisma commits in the middle where it rebuilds an enum; without that, a migration that fails
 * leaves nothing behind. It also leaves five blanks where it adds a column.
 */
function complete(written: string): string {
  const script = written
    .replaceAll(/^(BEGIN|COMMIT);\n/gm, "")
    .replaceAll(/\bADD COLUMN {2,}/g, "ADD COLUMN ");
  const guards = writeGuards(script);
  if (guards === "") return script;
  return `${script.trimEnd()}\n\n-- Below: what Prisma's schema language cannot say.\n\n${guards}\n`;
}

/** Describes what the engine said, without its colors, and what PostgreSQL said to it. */
function describe(error: unknown): string {
  const sentence = stripVTControlCharacters(describeFault(error)).trim();
  return error instanceof Error && error.cause !== undefined
    ? `${sentence} ${describe(error.cause)}`
    : sentence;
}
