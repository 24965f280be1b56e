import { describeFault } from "./faults.ts";
import { sayStep } from "./terminal.ts";

// Imported when they are needed: a fault in the files of the application is then one sentence, and no reason to end.

/** Writes the Prisma client, unless it is there. */
export async function generateClient(): Promise<void> {
  try {
    const { generatePrismaClient } = await import("./generate-prisma-client.ts");
    await generatePrismaClient();
  } catch (fault) {
    throw new Error(`The Prisma client was not generated: ${describeFault(fault)}`, {
      cause: fault,
    });
  }
}

/** Brings the database up to date; says so when there was something to do. */
export async function applyNewMigrations(databaseUrl: string): Promise<void> {
  try {
    const { applyMigrations } = await import("../src/database/migrate.ts");
    const names = await applyMigrations(databaseUrl);
    if (names.length > 0) sayStep(`Migrations applied: ${names.join(", ")}`);
  } catch (fault) {
    throw new Error(`The database was not migrated: ${describeFault(fault)}`, { cause: fault });
  }
}
