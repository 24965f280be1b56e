import { type CronItem, parseCronItems } from "graphile-worker";

import type { PrismaClient } from "../database/generated/client.ts";
import type { Job, JobContext } from "./job.ts";

/**
 * Work that the clock asks for: a job with a schedule. It happens once, whatever number of instances there are. Folders
 * below this one declare theirs as plain objects of the same shape.
 */
export type Task<Context extends JobContext = JobContext> = {
  /** `noun.verb`, such as `session.purge_expired`. */
  name: string;
  /** As in a crontab, in UTC: `17 * * * *` is every hour, 17 minutes past. */
  schedule: string;
  /**
   * Does a batch. It is called again for as long as it returns more than 0.
   *
   * @param unscoped has no scope: row-level security shows it no row of an organization
   * @param signal is aborted when the task has to end
   * @throws when it has to be tried again
   */
  run: (unscoped: PrismaClient, context: Context, signal: AbortSignal) => Promise<number | void>;
};

/** Makes the job that does a task. The queue tries it again if time runs out before there is nothing left. */
export function toJob<Context extends JobContext>({
  name,
  schedule,
  run,
}: Task<Context>): Job<Context> {
  return {
    name,
    lane: "slow",
    schedule,
    isKeyed: true,
    timeLimit: 540_000,
    async run(_payload, context, { signal }) {
      while (((await run(context.database.unscoped, context, signal)) ?? 0) > 0) {
        signal.throwIfAborted();
      }
    },
  };
}

/** Milliseconds: a run that no instance was there for happens when one starts, if it was missed so long ago at most. */
const backfillPeriod = 3_600_000;

/** Describes the jobs that have a schedule to graphile-worker. */
export function listCronItems(kinds: readonly Pick<Job, "name" | "schedule">[]) {
  return parseCronItems(
    kinds.flatMap(({ name, schedule }): CronItem[] =>
      schedule === undefined
        ? []
        : // With a key, a run that waits or fails still is replaced by the next one.
          [{ task: name, match: schedule, options: { backfillPeriod, jobKey: name } }],
    ),
  );
}
