import { readMigrations, readSchema } from "./migrations.ts";
import { openSchemaEngine } from "./schema-engine.ts";

/**
 * Brings a database to the newest migration, as `prisma migrate deploy` does, leaving the same
 * `_prisma_migrations` table. Several instances may call it at once: the engine takes Prisma's
 * advisory lock, so one works and the others wait.
 *
 * @param ownerUrl connection string of a role that may create tables and roles
 * @param folder of the migrations, with a slash at its end; prisma/migrations/ unless given
 * @returns the names of the migrations applied now, oldest first; empty when there was nothing to do
 * @throws when a migration fails (nothing of it stays) or was edited after it had been applied
 */
export async function applyMigrations(ownerUrl: string, folder?: URL): Promise<string[]> {
  const [schema, migrationsList] = await Promise.all([readSchema(), readMigrations(folder)]);
  const filters = { externalTables: [], externalEnums: [] };
  const diagnosis = { migrationsList, optInToShadowDatabase: false, filters };
  const { engine, scriptError, close } = await openSchemaEngine(ownerUrl, schema);
  try {
    const history = await engine.diagnoseMigrationHistory(diagnosis);
    if (history.editedMigrationNames.length > 0) {
      throw new Error(
        `These migrations were edited after they had been applied: ${history.editedMigrationNames.join(", ")}. ` +
          "Restore them and put the change into a new migration.",
      );
    }
    try {
      const { appliedMigrationNames } = await engine.applyMigrations({ migrationsList, filters });
      return appliedMigrationNames;
    } catch (error) {
      // A script runs in one transaction, so a failed one has left nothing: it may be tried again.
      const { failedMigrationNames } = await engine.diagnoseMigrationHistory(diagnosis);
      for (const migrationName of failedMigrationNames) {
        await engine.markMigrationRolledBack({ migrationName });
      }
      throw failedMigrationNames.length > 0
        ? new Error(`The migration ${failedMigrationNames.join(", ")} failed.`, {
            cause: scriptError(),
          })
        : error;
    }
  } finally {
    await close();
  }
}
