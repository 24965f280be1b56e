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
  /** What it does. */
  kinds: readonly Job<Context>[];
  /** Aborted when the application stops. */
  stopped?: AbortSignal;
};

/** How many jobs of a lane are done at once. */
const workersOf: Record<Lane, number> = { urgent: 3, mail: 2, slow: 2 };

/** Milliseconds: how often each lane looks for jobs that nobody told it of. */
const pollIntervals: Record<Lane, number> = { urgent: 500, mail: 2_000, slow: 2_000 };

/** Milliseconds: how often it looks whether the database is back. */
const reconnectInterval = 2_000;

/** Milliseconds between two looks for what workers left behind. */
const cleanUpInterval = 60_000;

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
): (timeoutMs: number) => Promise<void> {
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
    const scheduled = options.kinds.flatMap(({ name, schedule }) => (schedule ? [name] : []));
    const cleanUp = () => {
      void releaseAbandonedJobs(pool).catch(() => undefined);
      void dropEmptyQueues(pool).catch(() => undefined);
      void dropSuperseded(pool, scheduled).catch(() => undefined);
    };
    cleanUp();
    const timer = setInterval(cleanUp, cleanUpInterval);
    const events = new EventEmitter();
    running = await startLanes({ ...options, stopped: stopping.signal }, pool, events);
    // Once graphile-worker itself has dealt with it.
    events.once("worker:getJob:error", () => setImmediate(finish));
    if (stopping.signal.aborted) finish();
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

/** Starts the workers of each lane. Those of one lane also see to the schedule: graphile-worker's cron. */
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

/** Works off every job that is due now, those that come of it included, and ends. */
export async function drainJobs<Context extends JobContext>(
  options: WorkerOptions<Context> & { pool: JobPool },
): Promise<void> {
  const { pool, kinds } = options;
  const names = kinds.map(({ name }) => name);
  do {
    await runOnce({ ...settings(options, pool), taskList: listTasks(options) });
    // It does not see one that waited for another of its queue.
  } while (await hasDueJobs(pool, names));
}

function settings({ logger }: { logger: Logger }, pool: JobPool) {
  return {
    pgPool: pool,
    logger: adaptLogger(logger),
    // main.ts drains everything, in its own order.
    noHandleSignals: true,
    // Without a delay nobody waits for what it writes about a job's end, and a failure of that would end the process.
    preset: { worker: { completeJobBatchDelay: 0, failJobBatchDelay: 0 } },
  };
}

/** @param lane all of them unless given */
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
            // The numbers begin again in a database that was restored.
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
 * graphile-worker keeps the message of an error beside the job, where backups and whoever looks at the queue find it: so
 * it has no more in it than a log has. The log gets the error itself, as its cause.
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
