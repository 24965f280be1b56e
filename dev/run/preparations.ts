import { findUnknownMigrations } from "../postgres/databases.ts";
import { describeFault } from "../system/faults.ts";
import { sayStep } from "../system/terminal.ts";

// Imported late: a fault in the files of the application is then printed as a sentence, and does not end the run.

/** Writes the Prisma client, unless it is there. */
export async function generateClient(): Promise<void> {
  try {
    const { generatePrismaClient } = await import("../prisma/generate-client.ts");
    await generatePrismaClient();
  } catch (fault) {
    throw new Error(`The Prisma client was not generated: ${describeFault(fault)}`, {
      cause: fault,
    });
  }
}

/**
 * Brings the database up to date; says so when there was something to do.
 *
 * @throws when the database has migrations that this folder lacks: the pages would fail one by one
 */
export async function applyNewMigrations(databaseUrl: string): Promise<void> {
  await refuseUnknownMigrations(databaseUrl);
  try {
    const { applyMigrations } = await import("../../src/database/migrate.ts");
    const names = await applyMigrations(databaseUrl);
    if (names.length > 0) sayStep(`Migrations applied: ${names.join(", ")}`);
  } catch (fault) {
    throw new Error(`The database was not migrated: ${describeFault(fault)}`, { cause: fault });
  }
}

async function refuseUnknownMigrations(databaseUrl: string): Promise<void> {
  const { listMigrations } = await import("../../src/database/migrations.ts");
  const unknown = await findUnknownMigrations(databaseUrl, await listMigrations());
  if (unknown.length === 0) return;
  const instead =
    process.env["DATABASE_URL"] === undefined
      ? "start afresh with: npm run dev -- --reset"
      : "name another database in DATABASE_URL.";
  throw new Error(
    `The database has migrations that this folder lacks: ${unknown.join(", ")}. Bring them back, or ${instead}`,
  );
}
