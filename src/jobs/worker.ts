import { EventEmitter } from "node:events";
import { setTimeout as wait } from "node:timers/promises";

import {
  run,
  runMigrations,
  runOnce,
  runTaskList,
  type TaskList,
  type WorkerPool,
} from "graphile-worker";
import type { Logger } from "pino";

import {
  dropEmptyQueues,
  dropSuperseded,
  hasDueJobs,
  type JobPool,
  releaseAbandonedJobs,
  releaseJobsOf,
} from "../database/job-pool.ts";
import { describeError } from "../runtime/describe-error.ts";
import { type Job, type JobContext, type Lane, lanes } from "./job.ts";
import { listCronItems } from "./task.ts";
import { defaultLimit, limitTime } from "./time-limit.ts";
import { adaptLogger } from "./worker-log.ts";

type WorkerOptions<Context extends JobContext> = {
  context: Context;
  logger: Logger;
  /** The kinds of jobs that it does. */
  kinds: readonly Job<Context>[];
  /** Aborted when the application stops. */
  stopped?: AbortSignal;
};

/** How many jobs of a lane one instance does at the same time. */
const workersOf: Record<Lane, number> = { urgent: 3, mail: 2, slow: 2 };

/** Milliseconds between two polls of each lane, for jobs without a notification. */
const pollIntervals: Record<Lane, number> = { urgent: 500, mail: 2_000, slow: 2_000 };

/** Milliseconds between two attempts to reach the database again. */
const reconnectInterval = 2_000;

/** Milliseconds between two rounds of releasing what dead workers left behind. */
const cleanUpInterval = 60_000;

/** Milliseconds until drainJobs() looks again at a queue that was busy. */
const busyQueuePause = 50;

/**
 * Does jobs in this process, with workers for each lane. All instances share the jobs. While the database is away, the
 * worker waits.
 *
 * After any database error, graphile-worker is stopped with all its connections and started again: some of its state (the
 * ids of its tasks, a connection that hangs) would otherwise stay broken for good.
 *
 * @returns a function that stops it. Running jobs may take that many milliseconds; then they return to the queue
 */
export function startWorker<Context extends JobContext>(
  options: WorkerOptions<Context> & { openPool(): JobPool },
): (timeoutMs: number) => Promise<void> {
  const { logger, openPool } = options;
  const stopping = new AbortController();
  let running: WorkerPool[] = [];
  /** Workers that have ended, whose jobs may still be locked in the database. */
  let former: string[] = [];
  let isFinishing = false;
  let isAway = false;
  const ended = keepWorking();

  async function keepWorking(): Promise<void> {
    while (!stopping.signal.aborted) {
      const pool = openPool();
      try {
        // Fails when the database is away, or has the tables of another version of graphile-worker.
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

  /** Runs until the worker is stopped, or the database fails. */
  async function work(pool: JobPool): Promise<void> {
    if (former.length > 0) await releaseJobsOf(pool, former);
    former = [];
    if (stopping.signal.aborted) return;
    const keyed = options.kinds.flatMap(({ name, isKeyed }) => (isKeyed ? [name] : []));
    const cleanUp = () => {
      void releaseAbandonedJobs(pool).catch(() => undefined);
      void dropEmptyQueues(pool).catch(() => undefined);
      void dropSuperseded(pool, keyed).catch(() => undefined);
    };
    cleanUp();
    const timer = setInterval(cleanUp, cleanUpInterval);
    const events = new EventEmitter();
    running = await startLanes({ ...options, stopped: stopping.signal }, pool, events);
    // After graphile-worker has handled the error itself.
    events.once("worker:getJob:error", () => setImmediate(finish));
    if (stopping.signal.aborted) finish();
    // When one lane ends, the others end too.
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

  /** Takes no more jobs. The `promise` of each lane settles when its running jobs are done. */
  function finish(): void {
    if (isFinishing) return;
    isFinishing = running.length > 0;
    for (const each of running) {
      Promise.resolve(each.gracefulShutdown()).catch(() => undefined);
    }
  }

  return async (timeoutMs) => {
    stopping.abort(new Error("The application was stopped."));
    finish();
    const timer = setTimeout(() => {
      for (const each of running) {
        Promise.resolve(each.forcefulShutdown("The application was stopped.")).catch(
          () => undefined,
        );
      }
    }, timeoutMs);
    await ended;
    clearTimeout(timer);
  };
}

/** Starts the workers of each lane. Those of one lane also run the schedule, which is graphile-worker's cron. */
async function startLanes<Context extends JobContext>(
  options: WorkerOptions<Context>,
  pool: JobPool,
  events: EventEmitter,
): Promise<WorkerPool[]> {
  const pools: WorkerPool[] = [];
  events.on("pool:create", ({ workerPool }: { workerPool: WorkerPool }) => pools.push(workerPool));
  const start = (lane: Lane, cronItems?: ReturnType<typeof listCronItems>) => {
    const taskList = listTasks(options, lane);
    if (Object.keys(taskList).length === 0) return undefined;
    const rest = { concurrency: workersOf[lane], pollInterval: pollIntervals[lane], events };
    const all = { ...settings(options, pool), ...rest };
    return cronItems ? run(all, taskList, cronItems) : runTaskList(all, taskList, pool);
  };
  const cronItems = listCronItems(options.kinds);
  // The only one that asks the database first: if it is away, no other lane has been started.
  if (cronItems.length > 0) await start("slow", cronItems);
  for (const lane of lanes) if (lane !== "slow" || cronItems.length === 0) void start(lane);
  return pools;
}

/** Does every job that is due now, and those that these jobs add. */
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
    logger: adaptLogger(logger),
    // main.ts stops everything in its own order.
    noHandleSignals: true,
    // Without a delay, graphile-worker awaits no write of a job's end, and a failed write would end the process.
    preset: { worker: { completeJobBatchDelay: 0, failJobBatchDelay: 0 } },
  };
}

/** @param lane all lanes by default */
function listTasks<Context extends JobContext>(
  { context, kinds, stopped }: WorkerOptions<Context>,
  lane?: Lane,
): TaskList {
  const chosen = kinds.filter((kind) => lane === undefined || kind.lane === lane);
  return Object.fromEntries(
    chosen.map(({ name, timeLimit = defaultLimit, run: work }) => [
      name,
      (payload: unknown, { job }: { job: StoredJob }) =>
        limitTime(
          work(payload, context, {
            // A restored database gives the same numbers again.
            id: `${job.id}.${job.created_at.getTime()}`,
            storedId: job.id,
            key: job.key,
            isLastAttempt: job.attempts >= job.max_attempts,
            signal: AbortSignal.any([
              ...(stopped ? [stopped] : []),
              AbortSignal.timeout(timeLimit),
            ]),
          }),
          timeLimit,
        ).catch(throwRedacted),
    ]),
  );
}

/**
 * Throws an error with a message that is fit for a log: graphile-worker stores it beside the job, where backups and operators
 * see it. The cause is the error itself, for the log.
 */
function throwRedacted(error: unknown): never {
  throw new Error(describeError(error).message, { cause: error });
}

type StoredJob = {
  id: string;
  created_at: Date;
  key: string | null;
  attempts: number;
  max_attempts: number;
};
