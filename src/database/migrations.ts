import { readdir, readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

/** The folder prisma/, which stands beside src/ and dist/. */
const prismaFolder = new URL("../../prisma/", import.meta.url);

const migrationsFolder = new URL("migrations/", prismaFolder);

/** Reads the text of prisma/schema.prisma. */
export function readSchema(): Promise<string> {
  return readFile(new URL("schema.prisma", prismaFolder), "utf8");
}

/** Lists the names of the migrations in a folder, oldest first. */
export async function listMigrations(folder = migrationsFolder): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  return entries
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .toSorted();
}

/** Reads a folder of migrations in the form that Prisma's schema engine needs. */
export async function readMigrations(folder = migrationsFolder) {
  const names = await listMigrations(folder);
  const migrationDirectories = await Promise.all(
    names.map(async (name) => ({
      path: name,
      migrationFile: {
        path: "migration.sql",
        content: {
          tag: "ok" as const,
          value: await readFile(new URL(`${name}/migration.sql`, folder), "utf8"),
        },
      },
    })),
  );
  const lockfile = new URL("migration_lock.toml", folder);
  return {
    baseDir: fileURLToPath(folder),
    lockfile: { path: "migration_lock.toml", content: await readFile(lockfile, "utf8") },
    shadowDbInitScript: "",
    migrationDirectories,
  };
}
