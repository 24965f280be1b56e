import { parseArgs } from "node:util";

import type { Logger } from "pino";
import { z } from "zod";

import { checkDatabase, UnfitDatabaseError } from "../../database/boot-check.ts";
import { arrangeDatabase, databaseSettings } from "../../database/config.ts";
import { openDatabase } from "../../database/database.ts";
import { type JobPool, openJobPool } from "../../database/job-pool.ts";
import { writeError } from "../../runtime/describe-error.ts";
import { readEnvFile } from "../../runtime/environment.ts";
import type { JobContext } from "../../jobs/job.ts";
import { captureConsole, createLogger } from "../../runtime/logger.ts";
import { serverSettings } from "../../http/config.ts";
import { arrangeMail, mailSettings } from "../../mail/config.ts";
import { createMailer } from "../../mail/mailer.ts";
import { checkSettings, InvalidConfigError } from "../../runtime/settings.ts";
import { createManagementApi, type ManagementApi } from "../client/management-api.ts";
import { describeFailure } from "../client/describe-failure.ts";
import { arrangeLogto, logtoSettings } from "../config.ts";

/** A failure that is shown as a sentence, without a stack. */
export class ForeseenError extends Error {}

export type Command<Flag extends string> = {
  usage: string;
  /** Its options besides `--help`. */
  flags: readonly Flag[];
  /** @throws ForeseenError */
  run(options: Readonly<Record<Flag, boolean>>, terminal: Terminal): Promise<void>;
};

/** Where a command is typed. */
export type Terminal = {
  parameters: string[];
  environment: NodeJS.ProcessEnv;
  print(text: string): void;
  printError(text: string): void;
};

const writeToTerminal = (text: string) => void process.stderr.write(text);

/** Runs an operator's command with the settings of the environment and of `.env`, where the environment wins. */
export async function runProcess<Flag extends string>(command: Command<Flag>): Promise<void> {
  readEnvFile();
  captureConsole(createLogger("warn", { write: writeToTerminal }));
  process.exitCode = await runCommand(command, {
    parameters: process.argv.slice(2),
    environment: process.env,
    print: (text) => void process.stdout.write(text),
    printError: writeToTerminal,
  });
}

/** @returns the exit code: 0; 1 where it failed; 2, after its usage, for an unknown parameter */
export async function runCommand<Flag extends string>(
  { usage, flags, run }: Command<Flag>,
  terminal: Terminal,
): Promise<0 | 1 | 2> {
  const given = readOptions([...flags, "help"], terminal.parameters);
  if (typeof given === "string") {
    terminal.printError(`${given}\n\n${usage}`);
    return 2;
  }
  if (given["help"]) {
    terminal.print(usage);
    return 0;
  }
  try {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it has every flag
    await run(given as Record<Flag, boolean>, terminal);
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

/** @returns for each flag whether it is set; or a sentence about wrong parameters */
function readOptions(flags: readonly string[], args: string[]): Record<string, boolean> | string {
  const option = { type: "boolean" as const, default: false };
  try {
    return parseArgs({ args, options: Object.fromEntries(flags.map((flag) => [flag, option])) })
      .values;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

export type SyncCommandContext = JobContext & {
  logto: ManagementApi;
  logger: Logger;
  openPool(): JobPool;
};

const settings = z.object({
  ...serverSettings.pick({ BASE_URL: true }).shape,
  ...databaseSettings.shape,
  ...logtoSettings.shape,
  ...mailSettings.shape,
});

/** Gives a command the context of the application's jobs, and closes it afterwards. @returns what `work` returns */
export async function withLogto(
  { environment, printError }: Terminal,
  work: (context: SyncCommandContext) => Promise<string>,
): Promise<string> {
  const values = checkSettings(settings, environment, "The command cannot run");
  const { BASE_URL: baseUrl } = values;
  const { endpoint, management } = arrangeLogto(values);
  const { database: databaseConfig, jobs } = arrangeDatabase(values);
  if (!management) {
    throw new ForeseenError("Set LOGTO_M2M_APP_ID and LOGTO_M2M_APP_SECRET: docs/logto.md.");
  }
  const logger = createLogger("warn", { write: printError });
  const database = openDatabase({ ...databaseConfig, poolSize: 3, logger });
  const mailer = createMailer({ ...arrangeMail(values), baseUrl });
  try {
    await checkDatabase(database.unscoped);
    const logto = createManagementApi({ endpoint, ...management });
    const openPool = () => openJobPool({ url: jobs.databaseUrl, logger });
    return await work({ database, mailer, baseUrl, logger, logto, openPool });
  } catch (error) {
    const sentence = describeFailure(error, { endpoint, management });
    throw sentence === undefined ? error : new ForeseenError(sentence);
  } finally {
    mailer.close();
    await database.close();
  }
}
