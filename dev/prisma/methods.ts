import type { SchemaEngine } from "../../src/database/schema-engine.ts";
import { locate } from "../../src/database/address.ts";
import { createDatabase, withDatabase } from "../postgres/databases.ts";

/** Answers to requests, by the method that a request names. The CLI makes the parameters as the engine takes them. */
export type Methods = Record<string, (params: never) => unknown>;

/**
 * Lists the requests that Prisma's CLI makes of its schema engine.
 *
 * @param print shows a text in the CLI's terminal
 */
export function listMethods(
  engine: SchemaEngine["engine"],
  url: string,
  print: (content: string) => void,
): Methods {
  return {
    applyMigrations: (params) => engine.applyMigrations(params),
    createDatabase: () => createDatabaseOf(url),
    createMigration: (params) => engine.createMigration(params),
    dbExecute: (params) => engine.dbExecute(params),
    devDiagnostic: (params) => engine.devDiagnostic(params),
    diagnoseMigrationHistory: (params) => engine.diagnoseMigrationHistory(params),
    async diff(params) {
      const { exitCode, stdout } = await engine.diff(params);
      print(stdout ?? "");
      return { exitCode, stdout: null };
    },
    ensureConnectionValidity: (params) => engine.ensureConnectionValidity(params),
    evaluateDataLoss: (params) => engine.evaluateDataLoss(params),
    getDatabaseVersion: () => engine.version(),
    introspect: (params) => engine.introspect(params),
    markMigrationApplied: (params) => engine.markMigrationApplied(params),
    markMigrationRolledBack: (params) => engine.markMigrationRolledBack(params),
    reset: (params) => engine.reset(params),
    schemaPush: (params) => engine.schemaPush(params),
  };
}

/** Creates the database that a URL names, by way of the database `postgres`. */
export async function createDatabaseOf(url: string): Promise<{ databaseName: string }> {
  const { database: databaseName = "" } = locate(url);
  await createDatabase(withDatabase(url, "postgres"), databaseName);
  return { databaseName };
}
