import { Logger, runMigrations } from "graphile-worker";
import pg from "pg";

import { describeConnection, unlimited } from "./connection.ts";
import { applicationRole } from "./database.ts";
import { openJobPool } from "./job-pool.ts";
import { readMigrations, readSchema } from "./migrations.ts";
import { openSchemaEngine } from "./schema-engine.ts";
import {
  describeUnreachable,
  requireFitServer,
  type ServerFacts,
  UnfitDatabaseError,
} from "./server-check.ts";

/** An advisory lock that nothing else uses. Prisma's is 72707369. */
const turn = 72_707_370;

/**
 * Applies the pending migrations, as `prisma migrate deploy` does, with the same `_prisma_migrations` table. When several
 * instances call it at once, one works and the others wait.
 *
 * @param ownerUrl connection string of a role that may create tables and roles
 * @param folder of the migrations, with a slash at its end; prisma/migrations/ by default
 * @param setting the name of the setting that has the address
 * @returns the names of the migrations applied now, oldest first; empty when there was nothing to do
 * @throws UnfitDatabaseError when the database cannot be used, before anything is done
 * @throws when a migration fails (nothing of it stays), or was edited after it had been applied
 */
export async function applyMigrations(
  ownerUrl: string,
  folder?: URL,
  setting = "DATABASE_URL",
): Promise<string[]> {
  const client = await takeTurn(ownerUrl).catch((error: unknown) => {
    throw error instanceof UnfitDatabaseError ? error : describeUnreachable(setting, error);
  });
  try {
    const names = await migrate(ownerUrl, folder).catch(async (error: unknown) => {
      throw (await mayCreate(client)) ? error : new UnfitDatabaseError(noRight, { cause: error });
    });
    await migrateJobs(ownerUrl);
    return names;
  } finally {
    await client.end();
  }
}

const noRight =
  "The login may not create tables in the schema public. Make it the database's owner, or, as its owner: GRANT CREATE ON SCHEMA public TO that_login WITH GRANT OPTION";

/** The engine would say it in several lines. */
async function mayCreate(client: pg.Client): Promise<boolean> {
  const { rows } = await client.query<{ may: boolean }>(
    "select has_schema_privilege('public', 'create') as may",
  );
  return rows[0]?.may ?? false;
}

async function migrate(ownerUrl: string, folder?: URL): Promise<string[]> {
  const [schema, migrationsList] = await Promise.all([readSchema(), readMigrations(folder)]);
  const filters = { externalTables: [], externalEnums: [] };
  const diagnosis = { migrationsList, optInToShadowDatabase: false, filters };
  const { engine, scriptError, close } = await openSchemaEngine(ownerUrl, schema);

  try {
    const { editedMigrationNames, failedMigrationNames: unfinished } =
      await engine.diagnoseMigrationHistory(diagnosis);
    const edited = editedMigrationNames.filter((name) => !unfinished.includes(name));
    if (edited.length > 0) {
      throw new Error(
        `These migrations were edited after they had been applied: ${edited.join(", ")}. ` +
          "Restore them and put the change into a new migration.",
      );
    }
    // A script runs in one transaction, so a failed or interrupted one has left nothing.
    for (const migrationName of unfinished) await engine.markMigrationRolledBack({ migrationName });
    try {
      const { appliedMigrationNames } = await engine.applyMigrations({ migrationsList, filters });
      return appliedMigrationNames;
    } catch (error) {
      const { failedMigrationNames: failed } = await engine.diagnoseMigrationHistory(diagnosis);
      if (failed.length === 0) throw error;
      // oxlint-disable-next-line eslint/preserve-caught-error -- the engine only says that something failed; this is what PostgreSQL said
      throw new Error(`The migration ${failed.join(", ")} failed.`, { cause: scriptError() });
    }
  } finally {
    await close();
  }
}

/**
 * Waits for an advisory lock of our own. The engine waits only ten seconds for its lock, and a process without ours might mark
 * a migration as failed that another process is still applying.
 *
 * @returns the connection that holds the lock until it ends
 * @throws UnfitDatabaseError, or pg's error, which says more than the engine's
 */
async function takeTurn(url: string): Promise<pg.Client> {
  const client = new pg.Client({
    ...describeConnection(url, unlimited),
    connectionTimeoutMillis: 10_000,
  });
  // The engine's connection reports the error.
  client.on("error", () => undefined);
  await client.connect();
  try {
    await requireFitServer(async (statement) => (await client.query<ServerFacts>(statement)).rows);
    await client.query("select pg_advisory_lock($1)", [turn]);
    return client;
  } catch (error) {
    await client.end();
    throw error;
  }
}

/**
 * Brings the tables of graphile-worker up to date, and grants them to the application. Does nothing where the migrations,
 * such as those of a test, made no schema for it.
 */
async function migrateJobs(ownerUrl: string): Promise<void> {
  // The running query is rejected as well, so a lost connection needs no line in a log.
  const pgPool = openJobPool({ url: ownerUrl, role: null, logger: { warn: () => undefined } });
  try {
    const { rows } = await pgPool.query<{ exists: boolean }>(
      "select to_regnamespace('graphile_worker') is not null as exists",
    );
    if (!rows[0]?.exists) return;
    await runMigrations({ pgPool, logger: new Logger(() => () => undefined) });
    await pgPool.query(grantJobs);
  } finally {
    await pgPool.end();
  }
}

/** graphile-worker's tables have row-level security without a policy, so only their owner would see rows. */
const grantJobs = `
  grant usage on schema graphile_worker to ${applicationRole};
  grant select, insert, update, delete on all tables in schema graphile_worker to ${applicationRole};
  grant usage on all sequences in schema graphile_worker to ${applicationRole};
  do $$
  declare
    guarded regclass;
  begin
    for guarded in
      select c.oid::regclass from pg_class c
       where c.relnamespace = 'graphile_worker'::regnamespace and c.relrowsecurity
         and not exists (select from pg_policy p where p.polrelid = c.oid)
    loop
      execute format('create policy of_application on %s to ${applicationRole} using (true) with check (true)', guarded);
    end loop;
  end $$`;
