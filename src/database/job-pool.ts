import pg from "pg";
import type { Logger } from "pino";

import { applicationRole } from "./database.ts";

/** Connections for graphile-worker alone: one listens for new jobs for as long as the worker runs. */
export type JobPool = pg.Pool;

/**
 * Opens the worker's own connections, so that jobs and requests never wait for each other's.
 *
 * @param options.url straight to PostgreSQL: a pool in transaction mode in between forgets LISTEN
 * @param options.role null: whoever logs in
 */
export function openJobPool({
  url,
  role = applicationRole,
  logger,
}: {
  url: string;
  role?: string | null;
  logger: Pick<Logger, "warn">;
}): JobPool {
  const pool = new pg.Pool({
    connectionString: url,
    max: 3,
    connectionTimeoutMillis: 1_000,
    ...(role !== null && { options: `-c role=${role}` }),
    application_name: "tenantry-jobs",
  });
  const warn = (error: Error) => logger.warn({ err: error }, "database connection lost");
  pool.on("error", warn);
  // While it is lent to the worker the pool says nothing of it, and an error that nobody hears ends the process.
  pool.on("connect", (client) => client.on("error", warn));
  return pool;
}
