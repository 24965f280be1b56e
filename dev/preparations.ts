import { stat } from "node:fs/promises";
import { join } from "node:path";
import { describeFault } from "./faults.ts";
import { sayStep } from "./terminal.ts";

// Imported when they are needed: a fault in the files of the application is then one sentence, and no reason to end.

/** Writes the Prisma client, unless the one that is there is younger than all it is made of. */
export async function generateClient(folder: string): Promise<void> {
  if (await isClientFresh(folder)) return;
  try {
    const { generatePrismaClient } = await import("./generate-prisma-client.ts");
    await generatePrismaClient();
  } catch (fault) {
    throw new Error(`The Prisma client was not generated: ${describeFault(fault)}`, {
      cause: fault,
    });
  }
}

async function isClientFresh(folder: string): Promise<boolean> {
  const sources = ["prisma/schema.prisma", "prisma.config.ts", "node_modules/.package-lock.json"];
  try {
    const [client, ...changed] = await Promise.all(
      ["src/database/generated/client.ts", ...sources].map(async (path) => {
        return (await stat(join(folder, path))).mtimeMs;
      }),
    );
    return client !== undefined && changed.every((time) => time < client);
  } catch {
    return false;
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
