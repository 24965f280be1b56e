import { rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { createDatabase } from "./databases.ts";
import { describeFault } from "../system/faults.ts";
import { findAnyPort } from "../system/ports.ts";
import { findAccount } from "./account.ts";
import { findBinaries } from "./binaries.ts";
import { prepareCluster } from "./cluster.ts";
import { listHomes, settleHome } from "./home.ts";
import { stopOrphan } from "./orphan.ts";
import { launchServer } from "./server.ts";

export type PostgresOptions = {
  /** Keeps the data between runs. One PostgreSQL per folder: an earlier one that still runs there is stopped. */
  directory: string;
  /** On 127.0.0.1; 0: any free one. */
  port: number;
  /** Receives the server's log, line by line. */
  log?: (line: string) => void;
  /** `false` for tests: a crash may lose acknowledged writes. Default `true`. */
  durable?: boolean;
  /** More settings for the server, such as `wal_level=replica`, for tests. */
  settings?: readonly string[];
};

export type Postgres = {
  /** Address of the database `postgres`, for the superuser. */
  url: string;
  port: number;
  /** Creates a database unless it exists; resolves to its URL. */
  createDatabase(name: string): Promise<string>;
  /** Settles when the server ends for any reason, with the last lines of its log. */
  exited: Promise<string[]>;
  stop(): Promise<void>;
};

/**
 * Starts PostgreSQL 18 from npm, under an unprivileged account when this process is root. First it removes what a killed
 * run has left: a server that still runs, a stale pid file, a half-made data directory.
 *
 * @throws {Error} in a sentence a person can act on, with the server's last lines
 */
export async function startPostgres(options: PostgresOptions): Promise<Postgres> {
  const { directory, durable = true, log = () => {}, settings = [] } = options;
  const account = findAccount();
  const binaries = await findBinaries(account);
  const home = await settleHome(directory, account);
  await stopOrphan(join(home, "data"));
  const { data, password } = await prepareCluster(home, binaries, account);
  const { port, server } = await launchPatiently(
    async () => {
      const candidate = options.port === 0 ? await findAnyPort() : options.port;
      const launch = { binaries, data, port: candidate, account, durable, log, settings };
      return { port: candidate, server: await launchServer(launch) };
    },
    options.port === 0 ? /shared memory block|could not bind/ : /shared memory block/,
  );
  const url = `postgresql://postgres:${password}@127.0.0.1:${port}/postgres`;
  return {
    url,
    port,
    createDatabase: (name) => createDatabase(url, name),
    exited: server.exited,
    stop: () => server.stop(),
  };
}

/** Stops the PostgreSQL that a killed run may have left running on this folder. */
export async function stopPostgresOrphan(directory: string): Promise<void> {
  for (const home of listHomes(directory)) await stopOrphan(join(home, "data"));
}

/** Stops the PostgreSQL that may still run on this folder and deletes its data, wherever they were put. */
export async function removePostgres(directory: string): Promise<void> {
  await stopPostgresOrphan(directory);
  for (const home of listHomes(directory)) {
    await rm(home, { recursive: true, force: true });
  }
}

/**
 * The processes of a server that was killed need a moment to notice, and hold its shared memory until then; and the
 * free port just found may be taken a moment later.
 */
async function launchPatiently<T>(launch: () => Promise<T>, passing: RegExp): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await launch();
    } catch (fault) {
      if (attempt === 40 || !passing.test(describeFault(fault))) throw fault;
      await sleep(250);
    }
  }
}
