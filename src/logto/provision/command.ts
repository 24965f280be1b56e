import { parseArgs } from "node:util";

import { InvalidConfigError } from "../../config.ts";
import { writeError } from "../../runtime/describe-error.ts";
import { readEnvFile } from "../../runtime/environment.ts";
import { createManagementApi } from "../client/management-api.ts";
import { readProvisionConfig } from "./config.ts";
import { describeEntries } from "./describe.ts";
import { writeEnvFile } from "./env-file.ts";
import { createLedger } from "./ledger.ts";
import { describeFailure } from "../client/describe-failure.ts";
import { ProvisionError } from "./provision-error.ts";
import { provision, type ProvisionedSettings } from "./provision.ts";

/**
 * `npm run logto:provision`: makes a Logto ready for this application. Reads `.env` in the working folder, where what is
 * set in the environment wins. docs/logto.md
 */
const usage = `npm run logto:provision -- [options]

  --dry-run       changes nothing, and lists what would change
  --write-env     puts the settings that follow into .env, instead of printing them
  --keep-sign-in  leaves the connector, the sign-in experience and the account pages as they are
  --help          this text
`;

const envFile = ".env";

process.exitCode = await run(process.argv.slice(2));

/** @returns the exit code: 0, 1 where it failed, 2 where it was called in a way that it does not know */
async function run(parameters: string[]): Promise<number> {
  const options = readOptions(parameters);
  if (typeof options === "string") return fail(`${options}\n\n${usage}`, 2);
  if (options.help) return print(usage);
  readEnvFile(envFile);
  try {
    return await provisionLogto(options);
  } catch (error) {
    return fail(`${error instanceof InvalidConfigError ? error.message : writeError(error)}\n`);
  }
}

type Options = Exclude<ReturnType<typeof readOptions>, string>;

function readOptions(parameters: string[]) {
  try {
    const flag = { type: "boolean", default: false } as const;
    return parseArgs({
      args: parameters,
      options: { "dry-run": flag, "write-env": flag, "keep-sign-in": flag, help: flag },
    }).values;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

async function provisionLogto(options: Options): Promise<number> {
  const config = readProvisionConfig(process.env);
  const isDryRun = options["dry-run"];
  const ledger = createLedger({ isDryRun });
  const api = createManagementApi({ endpoint: config.endpoint, ...config.management });
  try {
    const step = { api, config, ledger };
    const settings = await provision(step, { keepSignIn: options["keep-sign-in"] });
    print(`${describeEntries(ledger.entries, { isDryRun }).join("\n")}\n`);
    return await hand(settings, options);
  } catch (error) {
    const sentence =
      error instanceof ProvisionError ? error.message : describeFailure(error, config);
    if (sentence === undefined) throw error;
    if (ledger.entries.length > 0) {
      print(`${describeEntries(ledger.entries, { isDryRun }).slice(0, -2).join("\n")}\n\n`);
    }
    const goesOn = ledger.entries.length > 0 ? " Run it again: it goes on from here." : "";
    return fail(`Logto cannot be set up. ${sentence}${goesOn}\n`);
  }
}

/** Hands over the settings that differ from those we have: into the file, or to whoever reads this. */
async function hand(settings: ProvisionedSettings, options: Options): Promise<number> {
  const changed = Object.entries(settings).filter(
    // A dry run does not know what would be made.
    ([name, value]) => value === undefined || value !== process.env[name],
  );
  const names = changed.map(([name]) => name).join(", ");
  if (options["dry-run"]) {
    return print(changed.length > 0 ? `These settings would change: ${names}.\n` : "");
  }
  const known = Object.fromEntries(
    Object.entries(settings).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, value]],
    ),
  );
  if (options["write-env"]) {
    await writeEnvFile(envFile, known);
    return print(`${envFile} has the settings that follow from it.\n`);
  }
  if (changed.length === 0) return print("The settings are as they should be, too.\n");
  const lines = changed.map(([name]) => `${name}=${known[name]}`).join("\n");
  return print(`\nSet these (or run it with --write-env):\n\n${lines}\n`);
}

function print(text: string): 0 {
  process.stdout.write(text);
  return 0;
}

function fail(text: string, code = 1): number {
  process.stderr.write(text);
  return code;
}
