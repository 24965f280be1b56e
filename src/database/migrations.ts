import { readdir, readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

/** The folder of prisma/, beside both src/ and dist/. */
const prismaFolder = new URL("../../prisma/", import.meta.url);

/** Reads the text of prisma/schema.prisma. */
export function readSchema(): Promise<string> {
  return readFile(new URL("schema.prisma", prismaFolder), "utf8");
}

/** Lists the names of the migrations in prisma/migrations/, oldest first. */
export async function listMigrations(): Promise<string[]> {
  const entries = await readdir(new URL("migrations/", prismaFolder), { withFileTypes: true });
  return entries
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
}

/** Reads prisma/migrations/ in the form that Prisma's schema engine takes. */
export async function readMigrations() {
  const names = await listMigrations();
  const migrationDirectories = await Promise.all(
    names.map(async (name) => ({
      path: name,
      migrationFile: {
        path: "migration.sql",
        content: {
          tag: "ok" as const,
          value: await readFile(new URL(`migrations/${name}/migration.sql`, prismaFolder), "utf8"),
        },
      },
    })),
  );
  const lockfile = new URL("migrations/migration_lock.toml", prismaFolder);
  return {
    baseDir: fileURLToPath(new URL("migrations", prismaFolder)),
    lockfile: { path: "migration_lock.toml", content: await readFile(lockfile, "utf8") },
    shadowDbInitScript: "",
    migrationDirectories,
  };
}
