import { randomInt } from "node:crypto";
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ApplicationProcess } from "./run/application-process.ts";
import { buildCss } from "./run/css.ts";
import { checkSettings, readAddress, readEnvironment } from "./run/environment.ts";
import { codeOf, describeFault } from "./system/faults.ts";
import { choosePorts, type PortName, type Ports } from "./system/ports.ts";
import { removePostgres, stopPostgresOrphan } from "./postgres/postgres.ts";
import { applyNewMigrations, generateClient } from "./run/preparations.ts";
import { reloadOnChange } from "./run/reload.ts";
import { type Claim, claimFolder } from "./system/running.ts";
import type { ManagementApi } from "../src/logto/client/management-api.ts";
import { startDatabase, startIdentityProviders, startMail, type Laptop } from "./run/services.ts";
import { type ServiceGroup, Shutdown } from "./run/shutdown.ts";
import { readState, writeState, type Secrets } from "./system/state.ts";
import { saySummary } from "./run/summary.ts";
import { formatSeconds, say, sayFault, sayNote, timeStep } from "./system/terminal.ts";

// `npm run dev` runs everything that the application needs, on this machine only, until Ctrl-C.

const folder = fileURLToPath(new URL("..", import.meta.url));
const directory = join(folder, ".dev");
const shutdown = new Shutdown();

try {
  shutdown.listen();
  readEnvironment(folder);
  checkSettings(process.env);
  await run({ isReset: process.argv.includes("--reset"), attempts: 3 });
} catch (fault) {
  if (!shutdown.hasBegun) sayFault(describeFault(fault));
  await shutdown.begin(1);
}

/** Starts everything, and starts again on other ports when another program has taken one meanwhile. */
async function run({ isReset, attempts }: { isReset: boolean; attempts: number }): Promise<void> {
  const claim = await claimFolder(directory);
  await shutdown.newGroup().own("claim", Promise.resolve({ stop: () => claim.release() }));
  say();
  if (isReset) await reset();
  else if (claim.isAfterCrash) await stopPostgresOrphan(join(directory, "postgres"));
  for (let attempt = 1; ; attempt += 1) {
    const services = shutdown.newGroup();
    try {
      // Another clone may start at the same moment and try the same ports.
      const shift = attempt === 1 ? 0 : randomInt(1, 100) * 10;
      const timeoutMs = claim.isAfterCrash && attempt === 1 ? 2_500 : 0;
      return await start(claim, services, { timeoutMs, shift });
    } catch (fault) {
      if (codeOf(fault) !== "EADDRINUSE" || attempt === attempts || shutdown.hasBegun) throw fault;
      sayNote("another program has just taken a port, starting again");
      await services.stop();
    }
  }
}

type PortChoice = {
  /** How long to wait for a port that a killed run may still hold. */
  timeoutMs: number;
  /** Added to the usual ports. */
  shift: number;
};

async function start(claim: Claim, services: ServiceGroup, choice: PortChoice): Promise<void> {
  const { ports, secrets, baseUrl } = await settle(choice);
  await claim.announce({ url: baseUrl });
  const laptop: Laptop = { directory, ports, secrets, baseUrl, services, shutdown };

  const databases = startDatabase(laptop);
  const generated = timeStep(generateClient(), () => "Prisma client");
  const styled = timeStep(buildCss(folder), () => "Style sheet");
  const mailing = startMail(laptop);
  const [{ application: databaseUrl }, identity, mail] = await Promise.all([
    databases,
    startIdentityProviders(laptop, databases, generated, mailing),
    mailing,
    // Nothing from src/database/ can be imported before the client is there.
    Promise.all([databases, generated]).then(([{ application }]) =>
      applyNewMigrations(application),
    ),
    styled,
  ]);

  await claim.announce({ url: baseUrl, databaseUrl });
  const environment = describeEnvironment(laptop, {
    DATABASE_URL: databaseUrl,
    LOGTO_ENDPOINT: identity?.logto,
    LOGTO_WEBHOOK_SIGNING_KEY: identity?.signingKey,
    HUGGINGFACE_ENDPOINT: identity?.huggingFace,
    SMTP_URL: mail.smtpUrl,
  });
  const application = new ApplicationProcess({ folder, port: ports.app, environment });
  await services.own("application", Promise.resolve(application));
  await services.own("watching", reloadOnChange({ folder, databaseUrl, application }));
  const [people] = await Promise.all([
    identity ? seed(databaseUrl, identity.api) : [],
    timeStep(application.whenUp, () => "Application"),
  ]);

  saySummary({
    url: baseUrl,
    time: formatSeconds(performance.now()),
    people,
    places: {
      Mail: mail.url,
      "Logto stand-in": identity?.logto,
      "Hugging Face": identity?.huggingFace,
      PostgreSQL: databaseUrl,
      State: ".dev/ (start afresh: npm run dev -- --reset)",
      Stop: "Ctrl-C",
    },
  });
}

/** Ends processes of earlier runs, and deletes all their files. */
async function reset(): Promise<void> {
  await removePostgres(join(directory, "postgres"));
  const names = (await readdir(directory)).filter((name) => name !== "running.json");
  await Promise.all(names.map((name) => rm(join(directory, name), { recursive: true })));
  sayNote("Everything of earlier runs is deleted.");
}

/** Chooses the addresses and secrets of this run: those of the last one where possible. */
async function settle(
  choice: PortChoice,
): Promise<{ ports: Ports; secrets: Secrets; baseUrl: string }> {
  const { LOGTO_ENDPOINT, SMTP_URL, DATABASE_URL } = process.env;
  const address = readAddress(process.env);
  const state = await readState(directory);
  const needed: [PortName, unknown][] = [
    ["logto", LOGTO_ENDPOINT],
    ["huggingFace", LOGTO_ENDPOINT],
    ["mail", SMTP_URL],
    ["smtp", SMTP_URL],
    ["postgres", DATABASE_URL],
  ];
  const own = needed.filter(([, given]) => given === undefined).map(([name]) => name);
  const ports = await choosePorts({
    names: ["app", ...own],
    remembered: state.ports,
    fixed: address.port === undefined ? {} : { app: address.port },
    ...choice,
    note: sayNote,
  });
  const { app, ...others } = ports;
  const remembered = address.port === undefined ? { app, ...others } : others;
  await writeState(directory, { ...state, ports: { ...state.ports, ...remembered } });
  const baseUrl = (address.baseUrl ?? `http://localhost:${app}`).replace(/\/+$/, "");
  return { ports, secrets: state.secrets, baseUrl };
}

/** The environment of the application: the developer's settings, and ours for the rest. */
function describeEnvironment(
  { ports, secrets, baseUrl }: Laptop,
  started: Record<string, string | undefined>,
): NodeJS.ProcessEnv {
  const { HUGGINGFACE_CLIENT_ID, HUGGINGFACE_CLIENT_SECRET, ...ours } = secrets;
  // The real Hugging Face does not know them.
  const isStandIn = started["HUGGINGFACE_ENDPOINT"] !== undefined;
  return {
    HOST: "127.0.0.1",
    ...ours,
    ...(isStandIn && { HUGGINGFACE_CLIENT_ID, HUGGINGFACE_CLIENT_SECRET }),
    ...started,
    ...process.env,
    NODE_ENV: "development",
    BASE_URL: baseUrl,
    PORT: String(ports.app),
  };
}

async function seed(databaseUrl: string, logto: ManagementApi) {
  const { seedDemo } = await import("./demo/demo.ts");
  return seedDemo({ databaseUrl, logto });
}
