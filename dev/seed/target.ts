import { existsSync } from "node:fs";
import { join } from "node:path";

import { arrangeManagement } from "../../src/logto/config.ts";
import { locate } from "../../src/database/address.ts";
import { loopbackHosts } from "../../src/runtime/loopback.ts";
import { findDatabaseUrl } from "../prisma/database-url.ts";
import { readState } from "../system/state.ts";

/** The database and the Logto to fill. */
export type Target = {
  databaseUrl: string;
  logto: { endpoint: string; management: ReturnType<typeof arrangeManagement> | null } | null;
  /** All of it is on this machine, and NODE_ENV does not say production. */
  isHarmless: boolean;
};

/**
 * Finds the database and the Logto: those of the environment, or else those of `npm run dev` while it runs.
 *
 * @param folder of the project
 * @param environment with what `.env` says
 * @returns undefined without a database
 */
export async function findTarget(
  folder: string,
  environment: NodeJS.ProcessEnv,
): Promise<Target | undefined> {
  const databaseUrl = await findDatabaseUrl(folder, environment);
  if (databaseUrl === undefined) return undefined;
  const { host } = locate(databaseUrl);
  // A socket is a file, so it is local.
  const isLocal = host.startsWith("/") || loopbackHosts.has(host);
  const standIn = isLocal ? await findStandIn(folder, environment) : undefined;
  const { LOGTO_ENDPOINT, LOGTO_M2M_APP_ID, LOGTO_M2M_APP_SECRET } = standIn ?? environment;
  const LOGTO_MANAGEMENT_API_RESOURCE = environment["LOGTO_MANAGEMENT_API_RESOURCE"];
  const management =
    LOGTO_ENDPOINT && LOGTO_M2M_APP_ID && LOGTO_M2M_APP_SECRET
      ? arrangeManagement({
          LOGTO_ENDPOINT,
          LOGTO_M2M_APP_ID,
          LOGTO_M2M_APP_SECRET,
          LOGTO_MANAGEMENT_API_RESOURCE,
        })
      : null;
  const isHere = isLocal && (!LOGTO_ENDPOINT || isLoopback(LOGTO_ENDPOINT));
  const isDevelopment = ["development", "test"].includes(environment["NODE_ENV"] ?? "production");
  return {
    databaseUrl,
    logto: LOGTO_ENDPOINT ? { endpoint: LOGTO_ENDPOINT, management } : null,
    isHarmless: standIn !== undefined || (isHere && isDevelopment),
  };
}

const isLoopback = (address: string) => loopbackHosts.has(new URL(address).hostname);

/** Finds the Logto stand-in of `npm run dev` while it runs, unless LOGTO_ENDPOINT names a Logto. */
async function findStandIn(
  folder: string,
  environment: NodeJS.ProcessEnv,
): Promise<NodeJS.ProcessEnv | undefined> {
  if (environment["LOGTO_ENDPOINT"] || !existsSync(join(folder, ".dev/running.json"))) {
    return undefined;
  }
  const { ports, secrets } = await readState(join(folder, ".dev"));
  if (ports["logto"] === undefined) return undefined;
  return { ...secrets, ...environment, LOGTO_ENDPOINT: `http://localhost:${ports["logto"]}` };
}

/** Names a target without its secrets. */
export function describeTarget({ databaseUrl, logto }: Target): string {
  const { database, host } = locate(databaseUrl);
  const place = `the database ${database} at ${host}`;
  return logto?.management ? `${place} and the Logto at ${logto.endpoint}` : place;
}
