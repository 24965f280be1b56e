import { pins } from "./connection.ts";
import { describeDatabaseFault } from "./faults.ts";
import { Prisma } from "./generated/client.ts";

/** Thrown when the database is away or not fit to use. `message` says what to do, in one line. */
export class UnfitDatabaseError extends Error {
  override name = "UnfitDatabaseError";
}

/** The oldest supported version of PostgreSQL. */
const oldestServer = 15;

/** The facts that decide whether connections work as the application needs. */
export type ServerFacts = {
  version: string;
  versionNumber: number;
  encoding: string;
  isReadOnly: boolean;
  /** The schemas that PostgreSQL searches for a name without one. */
  schemas: string[];
  settings: Record<string, string>;
};

/** The settings to check. With another session_replication_role, which only a superuser can set, no trigger runs. */
const checked: Record<string, string> = { ...pins, session_replication_role: "origin" };

const factsStatement = Prisma.sql`
  select current_setting('server_version') as "version",
         current_setting('server_version_num')::integer as "versionNumber",
         (select pg_encoding_to_char(encoding)::text from pg_database where datname = current_database()) as "encoding",
         current_setting('transaction_read_only')::boolean as "isReadOnly",
         current_schemas(false)::text[] as "schemas",
         (select json_object_agg(lower(name), setting) from pg_settings
           where lower(name) = any (${Object.keys(checked)}::text[])) as "settings"`;

/**
 * Checks a connection and its server, in one round trip.
 *
 * @param query runs a statement, with pg or with Prisma
 * @throws UnfitDatabaseError
 */
export async function requireFitServer(
  query: (statement: Prisma.Sql) => Promise<ServerFacts[]>,
): Promise<void> {
  const [facts] = await query(factsStatement);
  const fault = facts && findServerFault(facts);
  if (fault !== undefined) throw new UnfitDatabaseError(fault);
}

/** Finds the first reason why a database cannot be used. */
export function findServerFault(facts: ServerFacts): string | undefined {
  const { version, versionNumber, encoding, schemas, settings } = facts;
  if (versionNumber < oldestServer * 10_000) {
    return `The server is PostgreSQL ${version}; this needs ${oldestServer} or later.`;
  }
  if (encoding !== "UTF8") {
    return `The database's encoding is ${encoding}, in which not every name can be written; this needs UTF8. Make another one: createdb -T template0 -E UTF8 --owner=that_login its_name`;
  }
  if (facts.isReadOnly) {
    return "The database is read-only: the server is a standby, or default_transaction_read_only is on. Connect to the primary.";
  }
  if (schemas.join() !== "public") {
    return schemas.length === 0
      ? "The database has no schema public that this login may use. As its owner: CREATE SCHEMA public, or GRANT USAGE ON SCHEMA public TO that_login"
      : `The connections of this login look for tables in ${schemas.join(", ")}, and not in public alone. ${pinBySql("search_path")}`;
  }
  const different = Object.entries(settings).find(([name, value]) => !holds(name, value));
  if (!different) return undefined;
  const [name, value] = different;
  return `The connections of this login have ${name} = ${value}, and this needs ${checked[name]}. ${pinBySql(name)}`;
}

/** A pool in between has dropped what the connection asked for at its start. */
const pinBySql = (name: string) =>
  `Is there a pool in between, or are there options in the address? ALTER ROLE that_login SET ${name} = '${checked[name]}' (docs/deployment.md, PgBouncer)`;

function holds(name: string, value: string): boolean {
  if (name === "timezone") return /^(etc\/)?(utc|uct|gmt|universal|zulu)$/i.test(value);
  // The order of day and month does not matter in ISO.
  if (name === "datestyle") return value.startsWith("ISO");
  // Checked by `schemas`.
  return name === "search_path" || value === checked[name];
}

/** Describes in a line why a database cannot be reached. @param setting the name of the setting with its address */
export function describeUnreachable(setting: string, error: unknown): UnfitDatabaseError {
  const fault = describeDatabaseFault(error);
  return new UnfitDatabaseError(`The database of ${setting} cannot be used: ${fault}`, {
    cause: error,
  });
}
