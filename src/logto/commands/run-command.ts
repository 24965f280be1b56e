import { existsSync } from "node:fs";

import pino, { type Logger } from "pino";

import { InvalidConfigError, readConfig } from "../../config.ts";
import { checkDatabase, UnfitDatabaseError } from "../../database/boot-check.ts";
import { openDatabase } from "../../database/database.ts";
import { type JobPool, openJobPool } from "../../database/job-pool.ts";
import type { JobContext } from "../../jobs/job.ts";
import { createMailer } from "../../mail/mailer.ts";
import { LogtoError } from "../logto-error.ts";
import { createManagementApi, type ManagementApi } from "../management-api.ts";

type CommandContext = JobContext & {
  logto: ManagementApi;
  logger: Logger;
  openPool(): JobPool;
};

/**
 * Runs a command of an operator with the application's own settings, those of `.env` included, and prints what it
 * returns; whatever it throws that can be foreseen becomes one sentence and the exit code 1.
 */
export async function runCommand(
  work: (context: CommandContext) => Promise<string>,
): Promise<void> {
  if (existsSync(".env")) process.loadEnvFile(".env");
  try {
    process.stdout.write(`${await run(work)}\n`);
  } catch (error) {
    const isForeseen =
      error instanceof InvalidConfigError ||
      error instanceof UnfitDatabaseError ||
      error instanceof LogtoError;
    if (!isForeseen) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  }
}

async function run(work: (context: CommandContext) => Promise<string>): Promise<string> {
  const config = readConfig(process.env);
  const { baseUrl } = config;
  const { endpoint, management } = config.logto;
  if (!management) {
    throw new InvalidConfigError("Set LOGTO_M2M_APP_ID and LOGTO_M2M_APP_SECRET: docs/logto.md.");
  }
  // What it does is what it prints.
  const logger = pino({ level: "warn" }, pino.destination({ dest: 2, sync: true }));
  const database = openDatabase({ url: config.database.url, poolSize: 3, logger });
  const mailer = createMailer({ ...config.mail, baseUrl });
  try {
    await checkDatabase(database.unscoped);
    const logto = createManagementApi({ endpoint, ...management });
    const openPool = () => openJobPool({ url: config.jobs.databaseUrl, logger });
    return await work({ database, mailer, baseUrl, logger, logto, openPool });
  } finally {
    mailer.close();
    await database.close();
  }
}
