import { Logger as WorkerLogger, run, runOnce, type TaskList } from "graphile-worker";
import type { Logger } from "pino";

import type { JobPool } from "../database/job-pool.ts";
import { jobs } from "./all-jobs.ts";
import type { JobContext } from "./job.ts";

type WorkerOptions = { pool: JobPool; context: JobContext; logger: Logger };

/** How often it looks for jobs that nobody told it of. Milliseconds. */
const pollInterval = 2_000;

/**
 * Works off jobs, in this process; as many instances as there are share them.
 *
 * @returns a function that ends it, after the jobs that are under way
 */
export async function startWorker(options: WorkerOptions): Promise<() => Promise<void>> {
  const runner = await run({ ...settings(options), concurrency: 2, pollInterval });
  return () => runner.stop();
}

/** Works off every job that is due now, and ends: for tests. */
export function drainJobs(options: WorkerOptions): Promise<void> {
  return runOnce(settings(options));
}

function settings({ pool, context, logger }: WorkerOptions) {
  return {
    pgPool: pool,
    taskList: listTasks(context),
    logger: adapt(logger),
    // main.ts drains everything, in its own order.
    noHandleSignals: true,
  };
}

function listTasks(context: JobContext): TaskList {
  return Object.fromEntries(
    jobs.map(({ name, run: work }) => [
      name,
      (payload: unknown, helpers: { job: { id: string } }) =>
        work(payload, context, { id: helpers.job.id }),
    ]),
  );
}

/** Each job that was done is worth a line only to somebody who looks for it. */
function adapt(logger: Logger): WorkerLogger {
  return new WorkerLogger(() => (level, message) => {
    const log = { error: "error", warning: "warn", info: "debug", debug: "trace" } as const;
    logger[log[level]]({ part: "jobs" }, message);
  });
}
