import type { Database } from "../database/database.ts";

/** A job about Logto that is not done yet. */
export type QueuedJob = {
  id: string;
  kind: string;
  /** The organization it is about. */
  organizationId: string | null;
  createdAt: Date;
  /** The next try; in the past: it is due, or under way. */
  runAt: Date;
  attempts: number;
  isGivenUp: boolean;
  lastError: string | null;
};

/** Lists what Logto has not been told or asked yet, the oldest first. */
export function listQueue({ unscoped }: Database): Promise<QueuedJob[]> {
  return unscoped.$queryRaw<QueuedJob[]>`
    select id::text, task_identifier as kind, substring(queue_name from '^logto:([0-9a-f-]{36})$') as "organizationId",
           created_at as "createdAt", run_at as "runAt", attempts::integer, attempts >= max_attempts as "isGivenUp",
           last_error as "lastError"
      from graphile_worker.jobs
     where task_identifier like 'logto.%' and task_identifier <> 'logto.reconcile'
     order by created_at, id`;
}

/** Has all of it tried again now, from the beginning, what was given up included. @returns how many */
export async function retryQueue({ unscoped }: Database): Promise<number> {
  const rows = await unscoped.$queryRaw<object[]>`
    select id from graphile_worker.reschedule_jobs(
      array(select id from graphile_worker.jobs
             where task_identifier like 'logto.%' and (attempts > 0 or run_at > now())),
      run_at => now(), attempts => 0)`;
  return rows.length;
}

/** One of them in a line. */
export function describeJob(job: QueuedJob, now: Date): string {
  const { id, kind, organizationId, createdAt, runAt, attempts, isGivenUp, lastError } = job;
  const about = organizationId ?? "";
  const next = runAt <= now ? "due" : `next try ${runAt.toISOString()}`;
  const state = isGivenUp ? "GIVEN UP" : next;
  const failures = attempts === 0 ? "" : `, ${attempts} failures, last: ${lastError ?? "unknown"}`;
  return `${id}  ${kind}  ${about}  since ${createdAt.toISOString()}, ${state}${failures}`;
}
