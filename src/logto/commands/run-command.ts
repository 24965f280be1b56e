import { parseArgs } from "node:util";

import pino, { type Logger } from "pino";

import { type Config, InvalidConfigError, readConfig } from "../../config.ts";
import { checkDatabase, UnfitDatabaseError } from "../../database/boot-check.ts";
import { openDatabase } from "../../database/database.ts";
import { type JobPool, openJobPool } from "../../database/job-pool.ts";
import { readEnvFile } from "../../environment.ts";
import type { JobContext } from "../../jobs/job.ts";
import { createMailer } from "../../mail/mailer.ts";
import { createManagementApi, type ManagementApi } from "../management-api.ts";
import { describeFailure } from "../provision/provision-error.ts";

type CommandContext = JobContext & {
  logto: ManagementApi;
  logger: Logger;
  openPool(): JobPool;
};

/** What is said instead of a stack. */
class ForeseenError extends Error {}

type Work = (context: CommandContext, isFlagSet: boolean) => Promise<string>;

/**
 * Runs a command of an operator with the application's own settings, those of `.env` included, and prints what it
 * returns; whatever it throws that can be foreseen becomes a sentence and the exit code 1, a parameter that it does not
 * know its usage and 2.
 */
export async function runCommand(
  { usage, flag }: { usage: string; flag: string },
  work: Work,
): Promise<void> {
  const options = readOptions(flag);
  if (typeof options === "string") {
    process.stderr.write(`${options}\n\n${usage}`);
    process.exitCode = 2;
  } else if (options["help"]) {
    process.stdout.write(usage);
  } else {
    await runWork((context) => work(context, options[flag] === true));
  }
}

function readOptions(flag: string) {
  const off = { type: "boolean", default: false } as const;
  try {
    return parseArgs({ options: { [flag]: off, help: off } }).values;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

async function runWork(work: (context: CommandContext) => Promise<string>): Promise<void> {
  try {
    readEnvFile();
    process.stdout.write(`${await run(work, readConfig(process.env))}\n`);
  } catch (error) {
    const isForeseen =
      error instanceof InvalidConfigError ||
      error instanceof UnfitDatabaseError ||
      error instanceof ForeseenError;
    if (!isForeseen) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  }
}

async function run(
  work: (context: CommandContext) => Promise<string>,
  config: Config,
): Promise<string> {
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
  } catch (error) {
    const sentence = describeFailure(error, { endpoint, management });
    throw sentence === undefined ? error : new ForeseenError(sentence);
  } finally {
    mailer.close();
    await database.close();
  }
}
