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
 * Connections for graphile-worker alone: for each lane of jobs, one listens for new ones for as long as the worker runs. Where
 * that one breaks while it begins to listen or ends, graphile-worker 0.18 gives it back twice; pg-pool throws at the second time, into a
 * promise that nobody holds, which would end the process.
 */
export class JobPool extends pg.Pool {
  override connect(): Promise<pg.PoolClient>;
  override connect(borrow: Borrow): void;
  override connect(borrow?: Borrow): Promise<pg.PoolClient> | void {
    if (!borrow) return super.connect();
    super.connect((error, client, release) => {
      // There is no connection; nor, in spite of its type, `release`, where the pool has ended.
      if (error) return borrow(error, client, release);
      let isReleased = false;
      borrow(error, client, (reason) => {
        if (!isReleased) release(reason);
        isReleased = true;
      });
    });
  }
}

/** One listens for each of the three lanes; workers borrow the others to take a job and to note its end. */
const mostConnections = 6;

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
  // While it is lent to the worker the pool says nothing of it, and an error that nobody hears ends the process.
  pool.on("connect", (client) => client.on("error", warn));
  return pool;
}

/** Whether there are jobs of these kinds that nobody is at work on, and that could be done now. */
export async function hasDueJobs(pool: JobPool, kinds: readonly string[]): Promise<boolean> {
  const { rows } = await pool.query<{ hasSome: boolean }>(
    `select exists (select from graphile_worker.jobs
                     where task_identifier = any ($1) and locked_at is null and run_at <= now()
                       and attempts < max_attempts) as "hasSome"`,
    [kinds],
  );
  return rows[0]?.hasSome ?? false;
}

/** Gives back the jobs that these could not finish, for another one to do again. @param workers that have ended */
export async function releaseJobsOf(pool: JobPool, workers: readonly string[]): Promise<void> {
  await pool.query("select graphile_worker.force_unlock_workers($1)", [workers]);
}

/**
 * Gives back the jobs of workers that were killed, for another one to do again. graphile-worker does so after four
 * hours; none of ours takes ten minutes (src/jobs/time-limit.ts).
 */
export async function releaseAbandonedJobs(pool: JobPool): Promise<void> {
  await pool.query(
    `select graphile_worker.force_unlock_workers(array(
       select distinct locked_by from graphile_worker.jobs where locked_at < now() - interval '10 minutes'))`,
  );
}

/**
 * Removes jobs of these kinds whose place another one of the same key took while they were under way, and that did not get
 * to their end: graphile-worker never tries them again. Every job of these kinds is added with a key.
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
 * Removes queues without a job. graphile-worker keeps one for each organization ever named, and locks all of them whenever it
 * looks for a job. Nobody adds a job meanwhile: it would lose its queue.
 *
 * @throws where somebody is adding one; another time will do
 */
export async function dropEmptyQueues(pool: JobPool): Promise<void> {
  // One statement: a transaction of several would stay open where it fails.
  await pool.query(`
    do $$ begin
      lock table graphile_worker._private_job_queues in share row exclusive mode nowait;
      delete from graphile_worker._private_job_queues q
       where q.locked_at is null
         and not exists (select from graphile_worker._private_jobs j where j.job_queue_id = q.id);
    end $$`);
}
