import { parseArgs } from "node:util";

import type { Logger } from "pino";

import { type Config, InvalidConfigError, readConfig } from "../../config.ts";
import { checkDatabase, UnfitDatabaseError } from "../../database/boot-check.ts";
import { openDatabase } from "../../database/database.ts";
import { type JobPool, openJobPool } from "../../database/job-pool.ts";
import { writeError } from "../../runtime/describe-error.ts";
import { readEnvFile } from "../../runtime/environment.ts";
import type { JobContext } from "../../jobs/job.ts";
import { captureConsole, createLogger } from "../../runtime/logger.ts";
import { createMailer } from "../../mail/mailer.ts";
import { createManagementApi, type ManagementApi } from "../client/management-api.ts";
import { describeFailure } from "../client/describe-failure.ts";

type CommandContext = JobContext & {
  logto: ManagementApi;
  logger: Logger;
  openPool(): JobPool;
};

/** What is said instead of a stack. */
class ForeseenError extends Error {}

export type Command = {
  usage: string;
  /** The one option that it knows besides `--help`. */
  flag: string;
  /** @returns what it prints */
  work(context: CommandContext, isFlagSet: boolean): Promise<string>;
};

/** Where a command is typed. */
type Terminal = {
  parameters: string[];
  environment: NodeJS.ProcessEnv;
  print(text: string): void;
  printError(text: string): void;
};

const writeToTerminal = (text: string) => void process.stderr.write(text);

/** Runs a command of an operator with the settings of the environment and of `.env`, where the environment wins. */
export async function runProcess(command: Command): Promise<void> {
  readEnvFile();
  captureConsole(createLogger("warn", { write: writeToTerminal }));
  process.exitCode = await runCommand(command, {
    parameters: process.argv.slice(2),
    environment: process.env,
    print: (text) => void process.stdout.write(text),
    printError: writeToTerminal,
  });
}

/**
 * Runs a command with the application's own settings, and prints what it returns. A fault that can be foreseen becomes a
 * sentence.
 *
 * @returns the exit code: 0; 1 where it failed; 2, after its usage, for a parameter that it does not know
 */
export async function runCommand(command: Command, terminal: Terminal): Promise<0 | 1 | 2> {
  const { usage, flag } = command;
  const options = readOptions(flag, terminal.parameters);
  if (typeof options === "string") {
    terminal.printError(`${options}\n\n${usage}`);
    return 2;
  }
  if (options["help"]) {
    terminal.print(usage);
    return 0;
  }
  try {
    const config = readConfig(terminal.environment);
    const work: Work = (context) => command.work(context, options[flag] === true);
    terminal.print(`${await run(work, config, terminal)}\n`);
    return 0;
  } catch (error) {
    const isForeseen =
      error instanceof InvalidConfigError ||
      error instanceof UnfitDatabaseError ||
      error instanceof ForeseenError;
    // Node.js would print every property of an error that nobody catches.
    terminal.printError(`${isForeseen ? error.message : writeError(error)}\n`);
    return 1;
  }
}

function readOptions(flag: string, args: string[]) {
  const off = { type: "boolean", default: false } as const;
  try {
    return parseArgs({ args, options: { [flag]: off, help: off } }).values;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

type Work = (context: CommandContext) => Promise<string>;

async function run(work: Work, config: Config, { printError }: Terminal): Promise<string> {
  const { baseUrl } = config;
  const { endpoint, management } = config.logto;
  if (!management) {
    throw new InvalidConfigError("Set LOGTO_M2M_APP_ID and LOGTO_M2M_APP_SECRET: docs/logto.md.");
  }
  // What it does is what it prints.
  const logger = createLogger("warn", { write: printError });
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
