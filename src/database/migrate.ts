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

/** Any number that nobody else uses; Prisma's own is 72707369. */
const turn = 72_707_370;

/**
 * Brings a database to the newest migration, as `prisma migrate deploy` does, leaving the same
 * `_prisma_migrations` table. Several instances may call it at once: one works and the others wait,
 * as long as it takes.
 *
 * @param ownerUrl connection string of a role that may create tables and roles
 * @param folder of the migrations, with a slash at its end; prisma/migrations/ unless given
 * @returns the names of the migrations applied now, oldest first; empty when there was nothing to do
 * @param setting whose address that is
 * @throws UnfitDatabaseError where the database cannot be used, before anything is done
 * @throws when a migration fails (nothing of it stays) or was edited after it had been applied
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
  "The login may not create tables in the schema public. Make it the database's owner, or, as its owner: GRANT CREATE ON SCHEMA public TO that_login";

/** The engine has words of its own for it, in several lines. */
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
    // A script runs in one transaction, so one that failed or was cut off has left nothing.
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
 * The engine gives up waiting for its own lock after ten seconds; and whoever does not hold ours may
 * not call a migration failed that another process is still applying.
 *
 * @returns the connection that holds the turn, until it ends
 * @throws UnfitDatabaseError, or what pg says: the engine, which connects afterwards, would say less
 */
async function takeTurn(url: string): Promise<pg.Client> {
  const client = new pg.Client({
    ...describeConnection(url, unlimited),
    connectionTimeoutMillis: 10_000,
  });
  // The engine's own connection will tell.
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
 * graphile-worker brings its tables up to date, and the application may use them: it adds jobs, and works them off.
 * Nothing to do in a folder of migrations, such as a test's, that gives it no schema.
 */
async function migrateJobs(ownerUrl: string): Promise<void> {
  // What was under way is refused as well: there is nothing to say of a lost connection.
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

/** Its tables have row-level security without any policy: nobody but their owner sees what is in them. */
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
