import type { Database } from "../../database/database.ts";
import { Prisma } from "../../database/generated/client.ts";
import { cleanName } from "../../http/visible-text.ts";

/** A job about Logto that is not finished. */
export type QueuedJob = {
  id: string;
  kind: string;
  /** An organization of ours, or one at Logto. */
  about: string | null;
  createdAt: Date;
  /** The next try, or a time in the past. */
  runAt: Date;
  isUnderWay: boolean;
  isGivenUp: boolean;
  /** The attempts, including one under way. */
  attempts: number;
  lastError: string | null;
};

/** Lists what Logto has not been told or asked yet, the oldest first. Jobs that only look again count if they failed. */
export function listQueue({ unscoped }: Database): Promise<QueuedJob[]> {
  return unscoped.$queryRaw<QueuedJob[]>`
    select id::text, task_identifier as kind,
           coalesce('organization ' || substring(queue_name from '^logto:([0-9a-f-]{36})$'),
                    'organization ' || substring(key from '^logto:adopt:(.+)$') || ' at Logto') as about,
           created_at as "createdAt", run_at as "runAt", locked_at is not null as "isUnderWay",
           attempts >= max_attempts and locked_at is null as "isGivenUp", attempts::integer, last_error as "lastError"
      from graphile_worker.jobs
     where ${isOpen} and not (${superseded})
     order by created_at, id`;
}

/** Schedules all of it for now, with all its attempts, including what was given up. @returns how many jobs */
export async function retryQueue({ unscoped }: Database): Promise<number> {
  const rows = await unscoped.$queryRaw<object[]>`
    select id from graphile_worker.reschedule_jobs(
      array(select id from graphile_worker.jobs
             where ${isOpen} and (attempts > 0 or run_at > now()) and not (${superseded})),
      run_at => now(), attempts => 0)`;
  return rows.length;
}

/** Jobs that look whether anything has changed: there is often one, without anything to do. */
const looksOnly = Prisma.sql`task_identifier in ('logto.reconcile', 'logto.look_again', 'logto.await_owner')`;

const isOpen = Prisma.sql`task_identifier like 'logto.%' and (not (${looksOnly}) or last_error is not null)`;

/**
 * A job that failed after another one of its key had been added while it ran. graphile-worker never tries it again, as the
 * other one does all of its work; it does not count as given up.
 */
const superseded = Prisma.sql`
  key is null and attempts >= max_attempts and locked_at is null
  and (task_identifier in ('logto.sync_organization', 'logto.compare_organization', 'logto.adopt_organization', 'logto.handle_webhook') or ${looksOnly})`;

/** Removes these jobs. */
export async function dropSuperseded({ unscoped }: Database): Promise<void> {
  await unscoped.$executeRaw`
    select from graphile_worker.complete_jobs(
      array(select id from graphile_worker.jobs where ${superseded}))`;
}

/** Describes a job in a line. */
export function describeJob(job: QueuedJob, now: Date): string {
  const { id, kind, about, createdAt, attempts, lastError } = job;
  const failures =
    lastError === null ? "" : `; failed ${attempts} times, last: ${cleanName(lastError) ?? ""}`;
  const words = [
    id,
    kind,
    about ?? "",
    `since ${createdAt.toISOString()},`,
    describeState(job, now),
  ];
  return words.filter((word) => word !== "").join("  ") + failures;
}

function describeState({ runAt, isUnderWay, isGivenUp }: QueuedJob, now: Date): string {
  if (isUnderWay) return "under way";
  if (isGivenUp) return "GIVEN UP";
  return runAt <= now ? "due" : `next try ${runAt.toISOString()}`;
}
