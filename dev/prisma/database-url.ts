import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { InvalidConfigError } from "../../src/runtime/settings.ts";
import { findAddressFault } from "../../src/database/address.ts";
import { productIdentifier } from "../../src/runtime/product.ts";
import { listHomes } from "../postgres/home.ts";
import { readState } from "../system/state.ts";

/** Says what to do without a database. */
export const noDatabase =
  "There is no database: start `npm run dev`, or set DATABASE_URL in the environment or in .env.";

/**
 * Finds the database for a command: that of DATABASE_URL, or else that of `npm run dev` while it runs.
 *
 * @param folder of the project
 * @param environment with what `.env` says
 * @returns undefined when there is none
 * @throws InvalidConfigError where DATABASE_URL cannot be one
 */
export async function findDatabaseUrl(
  folder: string,
  environment: NodeJS.ProcessEnv,
): Promise<string | undefined> {
  const { DATABASE_URL } = environment;
  if (!DATABASE_URL) return findDevelopmentUrl(join(folder, ".dev"));
  requireAddress("DATABASE_URL", DATABASE_URL);
  return DATABASE_URL;
}

/** @throws InvalidConfigError */
export function requireAddress(setting: string, address: string): void {
  const fault = findAddressFault(address);
  if (fault !== undefined) throw new InvalidConfigError(`${setting} ${fault}.`);
}

async function findDevelopmentUrl(directory: string): Promise<string | undefined> {
  if (!existsSync(join(directory, "running.json"))) return undefined;
  const { ports } = await readState(directory);
  const [home] = listHomes(join(directory, "postgres"));
  if (home === undefined || ports["postgres"] === undefined) return undefined;
  const password = await readFile(join(home, "password"), "utf8");
  return `postgresql://postgres:${password}@127.0.0.1:${ports["postgres"]}/${productIdentifier}`;
}
