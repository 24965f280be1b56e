import { EventEmitter } from "node:events";
import { setTimeout as wait } from "node:timers/promises";

import {
  Logger as WorkerLogger,
  runMigrations,
  runOnce,
  runTaskList,
  type TaskList,
  type WorkerPool,
} from "graphile-worker";
import type { Logger } from "pino";

import {
  dropEmptyQueues,
  hasDueJobs,
  type JobPool,
  releaseAbandonedJobs,
  releaseJobsOf,
} from "../database/job-pool.ts";
import { describeError } from "../runtime/describe-error.ts";
import { type Job, type JobContext, type Lane, lanes } from "./job.ts";
import { limitTime } from "./time-limit.ts";

type WorkerOptions<Context extends JobContext> = {
  context: Context;
  logger: Logger;
  /** What it does. */
  kinds: readonly Job<Context>[];
};

/** How many jobs of a lane are done at once. */
const workersOf: Record<Lane, number> = { urgent: 3, mail: 2, slow: 2 };

/** Milliseconds: how often each lane looks for jobs that nobody told it of. */
const pollIntervals: Record<Lane, number> = { urgent: 500, mail: 2_000, slow: 2_000 };

/** Milliseconds: how often it looks whether the database is back. */
const reconnectInterval = 2_000;

/** Milliseconds until drainJobs() looks again at a queue that was busy. */
const busyQueuePause = 50;

/** Milliseconds between two looks for what workers left behind. */
const tidyInterval = 60_000;

/**
 * Works off jobs, in this process, each lane with workers of its own; as many instances as there are share them. While the
 * database is away it waits.
 *
 * Whatever goes wrong at the database ends all of graphile-worker, its connections included, and it begins afresh:
 * some of what it keeps (the ids of its tasks, a connection that hangs) would otherwise stay broken for good.
 *
 * @returns a function that ends it: jobs that are under way may take that many milliseconds, and then go back
 */
export function startWorker<Context extends JobContext>(
  options: WorkerOptions<Context> & { openPool(): JobPool },
): (patience: number) => Promise<void> {
  const { logger, openPool } = options;
  const stopping = new AbortController();
  let running: WorkerPool[] = [];
  /** Workers that have ended; the database may not know that they have. */
  let former: string[] = [];
  let isFinishing = false;
  let isAway = false;
  const ended = keepWorking();

  async function keepWorking(): Promise<void> {
    while (!stopping.signal.aborted) {
      const pool = openPool();
      try {
        // Refuses tables of another version than ours, and so finds out whether the database is there.
        await runMigrations(settings(options, pool));
        if (isAway) logger.info({ part: "jobs" }, "jobs are worked off again");
        isAway = false;
        await work(pool);
      } catch (error) {
        if (!isAway) logger.warn({ err: error, part: "jobs" }, "jobs wait for the database");
        isAway = true;
      }
      const closed = pool.end().catch(() => undefined);
      if (stopping.signal.aborted) await closed;
      await wait(reconnectInterval, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  }

  /** Until it is stopped, or something goes wrong at the database. */
  async function work(pool: JobPool): Promise<void> {
    if (former.length > 0) await releaseJobsOf(pool, former);
    former = [];
    if (stopping.signal.aborted) return;
    const tidy = () => {
      void releaseAbandonedJobs(pool).catch(() => undefined);
      void dropEmptyQueues(pool).catch(() => undefined);
    };
    tidy();
    const timer = setInterval(tidy, tidyInterval);
    const events = new EventEmitter();
    const rest = settings(options, pool);
    running = lanes.flatMap((lane) => {
      const taskList = listTasks(options, lane);
      const concurrency = workersOf[lane];
      const pollInterval = pollIntervals[lane];
      if (Object.keys(taskList).length === 0) return [];
      return runTaskList({ ...rest, events, concurrency, pollInterval }, taskList, pool);
    });
    // Once graphile-worker itself has dealt with it.
    events.once("worker:getJob:error", () => setImmediate(finish));
    // A lane that ends takes the others with it.
    const ends = running.map(({ promise }) => promise.finally(finish));
    try {
      await Promise.allSettled(ends);
      await Promise.all(ends);
    } finally {
      clearInterval(timer);
      former = running.map(({ id }) => id);
      running = [];
      isFinishing = false;
    }
  }

  /** Takes no more jobs; each lane's `promise` tells when those under way are done. */
  function finish(): void {
    if (isFinishing) return;
    isFinishing = running.length > 0;
    for (const each of running) {
      Promise.resolve(each.gracefulShutdown()).catch(() => undefined);
    }
  }

  return async (patience) => {
    stopping.abort();
    finish();
    const timer = setTimeout(() => {
      for (const each of running) {
        Promise.resolve(each.forcefulShutdown("The application was stopped.")).catch(
          () => undefined,
        );
      }
    }, patience);
    await ended;
    clearTimeout(timer);
  };
}

/** Works off every job that is due now, those that come of it included, and ends. */
export async function drainJobs<Context extends JobContext>(
  options: WorkerOptions<Context> & { pool: JobPool },
): Promise<void> {
  const { pool, kinds } = options;
  const names = kinds.map(({ name }) => name);
  for (;;) {
    await runOnce({ ...settings(options, pool), taskList: listTasks(options) });
    if (!(await hasDueJobs(pool, names))) return;
    // runOnce() skips a job whose queue is busy, here or in another process: without a pause this would spin.
    await wait(busyQueuePause);
  }
}

function settings({ logger }: { logger: Logger }, pool: JobPool) {
  return {
    pgPool: pool,
    logger: adapt(logger),
    // main.ts drains everything, in its own order.
    noHandleSignals: true,
    // Without a delay nobody waits for what it writes about a job's end, and a failure of that would end the process.
    preset: { worker: { completeJobBatchDelay: 0, failJobBatchDelay: 0 } },
  };
}

/** @param lane all of them unless given */
function listTasks<Context extends JobContext>(
  { context, kinds }: WorkerOptions<Context>,
  lane?: Lane,
): TaskList {
  const chosen = kinds.filter((kind) => lane === undefined || kind.lane === lane);
  return Object.fromEntries(
    chosen.map(({ name, timeLimit, run }) => [
      name,
      (payload: unknown, { job }: { job: StoredJob }) =>
        limitTime(
          run(payload, context, {
            // The numbers begin again in a database that was restored.
            id: `${job.id}.${job.created_at.getTime()}`,
            storedId: job.id,
            key: job.key,
            isLastAttempt: job.attempts >= job.max_attempts,
          }),
          timeLimit,
        ).catch(throwPlain),
    ]),
  );
}

/**
 * graphile-worker keeps the message of an error beside the job, where backups and whoever looks at the queue find it: so
 * it has no more in it than a log has. The log gets the error itself, as its cause.
 */
function throwPlain(error: unknown): never {
  throw new Error(describeError(error).message, { cause: error });
}

type StoredJob = {
  id: string;
  created_at: Date;
  key: string | null;
  attempts: number;
  max_attempts: number;
};

type Failure = { failure?: true; job?: FailedJob; error?: unknown };
type FailedJob = { id: string; task_identifier: string; attempts: number; max_attempts: number };

/** Each job that was done is worth a line only to somebody who looks for it. */
function adapt(logger: Logger): WorkerLogger {
  const levels = { error: "error", warning: "warn", info: "debug", debug: "trace" } as const;
  return new WorkerLogger(() => (level, message, meta) => {
    const { failure, job, error }: Failure = meta;
    if (!failure || !job) {
      // What follows the colon is the message of the error.
      const text = error === undefined ? message : message.replace(/[:\n].*/s, "");
      return logger[levels[level]](
        { part: "jobs", ...(error !== undefined && { err: error }) },
        text,
      );
    }
    const isGivenUp = job.attempts >= job.max_attempts;
    const err = error instanceof Error ? (error.cause ?? error) : error;
    const fields = { part: "jobs", jobId: job.id, job: job.task_identifier, err };
    const attempt = `${job.attempts} of ${job.max_attempts}`;
    logger[isGivenUp ? "error" : "warn"]({ ...fields, attempt }, "job failed");
  });
}
