import pg from "pg";
import type { Logger } from "pino";

import {
  Connection,
  connectionLifetime,
  describeConnection,
  retireUnfit,
  unlimited,
} from "./connection.ts";
import { applicationRole } from "./database.ts";

type Borrow = Parameters<pg.Pool["connect"]>[0];

/**
 * The connections of graphile-worker. For each lane, one connection listens for new jobs as long as the worker runs. When that
 * connection breaks while it begins to listen or ends, graphile-worker 0.18 releases it twice. pg-pool throws the second time,
 * in a promise without a handler, which would end the process.
 */
export class JobPool extends pg.Pool {
  override connect(): Promise<pg.PoolClient>;
  override connect(borrow: Borrow): void;
  override connect(borrow?: Borrow): Promise<pg.PoolClient> | void {
    if (!borrow) return super.connect();
    super.connect((error, client, release) => {
      // Without a connection, and without `release` too (in spite of its type) when the pool has ended.
      if (error) return borrow(error, client, release);
      let isReleased = false;
      borrow(error, client, (reason) => {
        if (!isReleased) release(reason);
        isReleased = true;
      });
    });
  }
}

/** Each of the three lanes listens on one. Workers borrow the others to take a job and to record its end. */
const mostConnections = 6;

/**
 * Opens the worker's own connections, so that jobs and requests never wait for each other.
 *
 * @param options.url leads straight to PostgreSQL: a pool in transaction mode loses LISTEN
 * @param options.role null for the login itself
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
  const pool = new JobPool({
    ...describeConnection(url, role === null ? unlimited : { role }),
    Client: Connection,
    max: mostConnections,
    maxLifetimeSeconds: connectionLifetime,
    connectionTimeoutMillis: 1_000,
    ...(role !== null && { query_timeout: 10_000 }),
    application_name: "jobs",
  });
  retireUnfit(pool);
  const warn = (error: Error) => logger.warn({ err: error }, "database connection lost");
  pool.on("error", warn);
  // The pool does not listen while a connection is lent, and an error event without a listener ends the process.
  pool.on("connect", (client) => client.on("error", warn));
  return pool;
}

/** Tells whether jobs of these kinds are due and not running. */
export async function hasDueJobs(pool: JobPool, kinds: readonly string[]): Promise<boolean> {
  const { rows } = await pool.query<{ hasSome: boolean }>(
    `select exists (select from graphile_worker.jobs
                     where task_identifier = any ($1) and locked_at is null and run_at <= now()
                       and attempts < max_attempts) as "hasSome"`,
    [kinds],
  );
  return rows[0]?.hasSome ?? false;
}

/** Releases the jobs that ended workers did not finish, so that others do them. */
export async function releaseJobsOf(pool: JobPool, workers: readonly string[]): Promise<void> {
  await pool.query("select graphile_worker.force_unlock_workers($1)", [workers]);
}

/**
 * Releases the jobs of workers that were killed, so that others do them. graphile-worker does so after four hours; none of
 * our jobs takes ten minutes (src/jobs/time-limit.ts).
 */
export async function releaseAbandonedJobs(pool: JobPool): Promise<void> {
  await pool.query(
    `select graphile_worker.force_unlock_workers(array(
       select distinct locked_by from graphile_worker.jobs where locked_at < now() - interval '10 minutes'))`,
  );
}

/**
 * Removes jobs that another job of the same key replaced while they were running, and that did not finish: graphile-worker
 * never tries them again.
 *
 * @param kinds of jobs that are always added with a key
 */
export async function dropSuperseded(pool: JobPool, kinds: readonly string[]): Promise<void> {
  await pool.query(
    `select graphile_worker.complete_jobs(array(
       select id from graphile_worker.jobs
        where task_identifier = any ($1) and key is null and attempts >= max_attempts and locked_at is null))`,
    [kinds],
  );
}

/**
 * Removes queues without a job. graphile-worker keeps a queue for each organization it ever saw, and locks all of them
 * whenever it looks for a job. The lock keeps other transactions from adding a job, which would lose its queue.
 *
 * @throws when a transaction is adding a job; the next call removes the queues
 */
export async function dropEmptyQueues(pool: JobPool): Promise<void> {
  // One statement, since a transaction of several would stay open after a failure.
  await pool.query(`
    do $$ begin
      lock table graphile_worker._private_job_queues in share row exclusive mode nowait;
      delete from graphile_worker._private_job_queues q
       where q.locked_at is null
         and not exists (select from graphile_worker._private_jobs j where j.job_queue_id = q.id);
    end $$`);
}
