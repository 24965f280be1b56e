import { findFileSyntax, readEnvFile, trimValues } from "../runtime/environment.ts";
import { findAddressFault } from "./address.ts";
import { applyMigrations } from "./migrate.ts";
import { UnfitDatabaseError } from "./server-check.ts";

/**
 * `npm run db:migrate`: applies the pending migrations to the database of MIGRATION_DATABASE_URL, or else of DATABASE_URL. Its
 * login must be allowed to create tables and, once, the application's role.
 */
readEnvFile();
const { MIGRATION_DATABASE_URL, DATABASE_URL } = process.env;
const settings = trimValues({ MIGRATION_DATABASE_URL, DATABASE_URL });
const setting = settings["MIGRATION_DATABASE_URL"] ? "MIGRATION_DATABASE_URL" : "DATABASE_URL";
const url = settings[setting];
const [misread] = findFileSyntax(settings);
const addressFault = url && findAddressFault(url);
if (misread) fail(`${misread.name} ${misread.message}.`);
else if (addressFault) fail(`${setting} ${addressFault}.`);
else if (url) {
  try {
    const names = await applyMigrations(url, undefined, setting);
    print(names.length > 0 ? names.map((name) => `applied ${name}`).join("\n") : "nothing to do");
  } catch (error) {
    fail(listMessages(error).join(" "));
  }
} else {
  fail(
    "Set MIGRATION_DATABASE_URL or DATABASE_URL to the database to migrate, in the environment or in .env.",
  );
}

/** Lists the messages of an error and its causes, down to PostgreSQL's. */
function listMessages(error: unknown): string[] {
  if (error instanceof UnfitDatabaseError) return [error.message];
  return error instanceof Error ? [error.message, ...listMessages(error.cause)] : [];
}

// The engine leaves a timer of ten seconds running, hence the exit.
function print(text: string): void {
  process.stdout.write(`${text}\n`, () => process.exit());
}

function fail(text: string): void {
  process.stderr.write(`${text.replaceAll(/\s+/g, " ")}\n`, () => process.exit(1));
}
