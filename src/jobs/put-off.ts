import type { Database } from "../database/database.ts";
import type { RunningJob } from "./job.ts";

/** Seconds between two tries during a long outage. */
const longest = 300;

/**
 * How long to wait during an outage: twice as long after each try, and a different time for each job that waits.
 *
 * @param tries how often the job was put off before
 * @param retryAfter seconds that the service asked for, which are added
 * @param random from 0 to 1
 * @returns seconds
 */
export function findDelay(tries: number, retryAfter: number, random = Math.random()): number {
  return retryAfter + Math.min(2 ** tries, longest) * (0.5 + random / 2);
}

/**
 * Adds a copy of a running job that is due after a while, so that an outage, however long, does not count as failures of
 * the job. The copy keeps its key, queue and priority, and replaces a job of the same key that was added meanwhile.
 *
 * @param payload as it was stored; its `tries` counts how often the job was put off
 */
export async function putOff(
  { unscoped }: Pick<Database, "unscoped">,
  { storedId, key }: RunningJob,
  { tries = 0, ...payload }: { tries?: number | undefined },
  retryAfter: number,
): Promise<void> {
  const next = JSON.stringify({ ...payload, tries: tries + 1 });
  // A job without a key gets one, so that a worker that is killed before it is done adds no second copy.
  await unscoped.$executeRaw`
    select graphile_worker.add_job(
             identifier => j.task_identifier, payload => ${next}::json, queue_name => j.queue_name,
             job_key => coalesce(${key}, j.task_identifier || ':' || j.id), priority => j.priority,
             run_at => now() + make_interval(secs => ${findDelay(tries, retryAfter)}))
      from graphile_worker.jobs j where j.id = ${storedId}::bigint`;
}
