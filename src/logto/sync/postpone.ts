import type { Database } from "../../database/database.ts";
import type { LogtoError } from "../client/logto-error.ts";

/** Seconds between two tries while Logto is away: it does not wait for long once Logto is back. */
const longest = 300;

/**
 * When to try again what Logto was not there for: twice as long each time, and never together with everybody else
 * who waits; no earlier than Logto asked for (`Retry-After`).
 *
 * @param tries how often it was put off already
 * @param random from 0 to 1
 * @returns seconds
 */
export function findDelay(error: LogtoError, tries: number, random = Math.random()): number {
  const patience = Math.min(2 ** tries, longest);
  return (error.retryAfter ?? 0) + patience * (0.5 + random / 2);
}

/**
 * Puts a job off that Logto was not there for: as a new one, so that an outage, however long, does not count as its
 * failures. One that was added meanwhile is the same one.
 *
 * @param job.key and its queue and priority, as it was added with
 */
export async function postpone(
  database: Database,
  job: {
    name: string;
    payload: Record<string, unknown>;
    key: string;
    queue: string | null;
    priority: number;
  },
  error: LogtoError,
): Promise<void> {
  const tries = Number(job.payload["tries"] ?? 0);
  const payload = JSON.stringify({ ...job.payload, tries: tries + 1 });
  await database.unscoped.$executeRaw`
    select graphile_worker.add_job(
      identifier => ${job.name}, payload => ${payload}::json, queue_name => ${job.queue}, job_key => ${job.key},
      priority => ${job.priority}::integer,
      run_at => now() + make_interval(secs => ${findDelay(error, tries)}))`;
}
