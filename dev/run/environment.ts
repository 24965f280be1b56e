import { join } from "node:path";
import { readConfig } from "../../src/config.ts";
import { readEnvFile } from "../../src/runtime/environment.ts";

/** Keeps the programs that are started from calling home. */
const quiet = {
  CHECKPOINT_DISABLE: "1",
  PRISMA_HIDE_UPDATE_MESSAGE: "1",
  NO_UPDATE_NOTIFIER: "1",
  DO_NOT_TRACK: "1",
};

/** Reads `.env` into process.env, as the application itself does. */
export function readEnvironment(folder: string): void {
  readEnvFile(join(folder, ".env"));
  Object.assign(process.env, quiet);
}

/**
 * Checks the developer's settings by the application's own rules before anything is started. Settings that
 * `npm run dev` provides may be missing; with a real Logto, its credentials may not.
 *
 * @throws {InvalidConfigError} that names every fault at once
 */
export function checkSettings(environment: NodeJS.ProcessEnv): void {
  const provided = {
    BASE_URL: "http://localhost:3000",
    DATABASE_URL: "postgres://provided",
    SESSION_SECRET: "provided",
  };
  const providedLogto = {
    LOGTO_ENDPOINT: "http://localhost:3001",
    LOGTO_APP_ID: "provided",
    LOGTO_APP_SECRET: "provided",
  };
  readConfig({
    ...provided,
    ...(environment["LOGTO_ENDPOINT"] === undefined && providedLogto),
    ...environment,
    NODE_ENV: "development",
  });
}

/** The address of the application, as far as the developer has set it. */
export type Address = {
  /** Undefined: any port will do. */
  port: number | undefined;
  /** Undefined: localhost, at the port found. */
  baseUrl: string | undefined;
};

/** Reads it from settings that were checked. */
export function readAddress(environment: NodeJS.ProcessEnv): Address {
  const { PORT, BASE_URL } = environment;
  const port = PORT === undefined ? undefined : Number(PORT);
  if (BASE_URL === undefined) return { port, baseUrl: undefined };
  const { hostname, port: portInUrl } = new URL(BASE_URL);
  // Behind a tunnel or a proxy, the port of the URL is another one.
  const isHere = ["localhost", "127.0.0.1"].includes(hostname) && portInUrl !== "";
  return { port: port ?? (isHere ? Number(portInUrl) : undefined), baseUrl: BASE_URL };
}
