import { existsSync } from "node:fs";
import { join } from "node:path";

/** Nothing that we start may call home, and nobody should have to wait for it to try. */
const quiet = {
  CHECKPOINT_DISABLE: "1",
  PRISMA_HIDE_UPDATE_MESSAGE: "1",
  NO_UPDATE_NOTIFIER: "1",
  DO_NOT_TRACK: "1",
};

/**
 * Reads `.env` into process.env, where what is already set wins. A value that is empty counts as not set, in both: so
 * `.env.example` can be copied as it is.
 */
export function readEnvironment(folder: string): void {
  removeEmptyValues();
  const file = join(folder, ".env");
  if (existsSync(file)) process.loadEnvFile(file);
  removeEmptyValues();
  Object.assign(process.env, quiet);
}

function removeEmptyValues(): void {
  for (const [name, value] of Object.entries(process.env)) {
    if (value === "") delete process.env[name];
  }
}

const logtoCredentials = ["LOGTO_APP_ID", "LOGTO_APP_SECRET"];

/** @throws {Error} when a real Logto is named, without the credentials for it */
export function checkLogtoCredentials(environment: NodeJS.ProcessEnv): void {
  const missing = logtoCredentials.filter((name) => environment[name] === undefined);
  if (environment["LOGTO_ENDPOINT"] !== undefined && missing.length > 0) {
    throw new Error(`LOGTO_ENDPOINT is set, so these must be set as well: ${missing.join(", ")}`);
  }
}

/** What the person has decided about the address of the application. */
export type Address = {
  /** Undefined: any port will do. */
  port: number | undefined;
  /** Undefined: localhost, at the port found. */
  baseUrl: string | undefined;
};

/** @throws {Error} when PORT or BASE_URL is not what it should be */
export function readAddress(environment: NodeJS.ProcessEnv): Address {
  const { PORT, BASE_URL } = environment;
  if (PORT !== undefined && !/^\d{1,5}$/.test(PORT)) throw new Error(`PORT is not a port: ${PORT}`);
  const port = PORT === undefined ? undefined : Number(PORT);
  if (BASE_URL === undefined) return { port, baseUrl: undefined };
  if (!URL.canParse(BASE_URL)) throw new Error(`BASE_URL is not a URL: ${BASE_URL}`);
  const { hostname, port: portInUrl } = new URL(BASE_URL);
  // Behind a tunnel or a proxy, the port of the URL is not ours.
  const isHere = ["localhost", "127.0.0.1"].includes(hostname) && portInUrl !== "";
  return { port: port ?? (isHere ? Number(portInUrl) : undefined), baseUrl: BASE_URL };
}
