import { ForeseenError, runProcess, type Terminal } from "../commands/run-command.ts";
import { createManagementApi } from "../client/management-api.ts";
import { describeFailure } from "../client/describe-failure.ts";
import { readProvisionConfig } from "./config.ts";
import { writeEnvFile } from "./env-file.ts";
import { createLedger, describeEntries } from "./ledger.ts";
import { provision, type ProvisionedSettings } from "./provision.ts";
import { ProvisionError } from "./step.ts";

/** `npm run logto:provision`: makes a Logto ready for this application. docs/logto.md */
const usage = `npm run logto:provision -- [options]

  --dry-run       changes nothing, and lists what would change
  --write-env     writes the settings that follow into .env, instead of printing them
  --keep-sign-in  leaves the connector, the sign-in experience and the account pages as they are
  --help          shows this text
`;

const envFile = ".env";
const flags = ["dry-run", "write-env", "keep-sign-in"] as const;
type Options = Readonly<Record<(typeof flags)[number], boolean>>;

await runProcess({
  usage,
  flags,
  async run(options, terminal) {
    const config = readProvisionConfig(terminal.environment);
    const isDryRun = options["dry-run"];
    const ledger = createLedger({ isDryRun });
    const api = createManagementApi({ endpoint: config.endpoint, ...config.management });
    const describe = () => describeEntries(ledger.entries, { isDryRun });
    try {
      const step = { api, config, ledger };
      const settings = await provision(step, { keepSignIn: options["keep-sign-in"] });
      terminal.print(`${describe().join("\n")}\n`);
      await handOver(settings, options, terminal);
    } catch (error) {
      const sentence =
        error instanceof ProvisionError ? error.message : describeFailure(error, config);
      if (sentence === undefined) throw error;
      const hasBegun = ledger.entries.length > 0;
      if (hasBegun) terminal.print(`${describe().slice(0, -2).join("\n")}\n\n`);
      const hint = hasBegun ? " Run it again: it goes on from here." : "";
      throw new ForeseenError(`Logto cannot be set up. ${sentence}${hint}`);
    }
  },
});

/** Writes the settings that have changed into the file, or prints them. */
async function handOver(
  settings: ProvisionedSettings,
  options: Options,
  { environment, print }: Terminal,
): Promise<void> {
  const changed = Object.entries(settings).filter(
    // A dry run does not know the ids of what it would create.
    ([name, value]) => value === undefined || value !== environment[name],
  );
  const names = changed.map(([name]) => name).join(", ");
  if (options["dry-run"]) {
    print(changed.length > 0 ? `These settings would change: ${names}.\n` : "");
    return;
  }
  const known = Object.fromEntries(
    Object.entries(settings).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, value]],
    ),
  );
  if (options["write-env"]) {
    await writeEnvFile(envFile, known);
    print(`${envFile} has the settings that follow from it.\n`);
  } else if (changed.length === 0) print("The settings are as they should be, too.\n");
  else {
    const lines = changed.map(([name]) => `${name}=${known[name]}`).join("\n");
    print(`\nSet these (or run it with --write-env):\n\n${lines}\n`);
  }
}
