import { Logger as WorkerLogger } from "graphile-worker";
import type { Logger } from "pino";

type Failure = { failure?: true; job?: FailedJob; error?: unknown };
type FailedJob = { id: string; task_identifier: string; attempts: number; max_attempts: number };

/**
 * Writes what graphile-worker says into the application's log: failed jobs as warnings, jobs that were given up as errors,
 * and jobs that were done only at level `debug`.
 */
export function adaptLogger(logger: Logger): WorkerLogger {
  const levels = { error: "error", warning: "warn", info: "debug", debug: "trace" } as const;
  return new WorkerLogger(() => (level, message, meta) => {
    const { failure, job, error }: Failure = meta;
    if (!failure || !job) {
      // The text after the colon may be the message of an error.
      const text = message.replace(/[:\n].*/s, "");
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
