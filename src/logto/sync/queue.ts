import type { Database } from "../../database/database.ts";
import { Prisma } from "../../database/generated/client.ts";
import { cleanName } from "../../http/visible-text.ts";

/** A job about Logto that is not done yet. */
export type QueuedJob = {
  id: string;
  kind: string;
  /** What it is about: an organization of ours, or one at Logto. */
  about: string | null;
  createdAt: Date;
  /** The next try; in the past: it is due. */
  runAt: Date;
  isUnderWay: boolean;
  isGivenUp: boolean;
  /** How often it was tried; while it is under way, that time included. */
  attempts: number;
  lastError: string | null;
};

/** Lists what Logto has not been told or asked yet, the oldest first; not what only looks once more, unless it fails. */
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

/** Has all of it tried again now, from the beginning, what was given up included. @returns how many */
export async function retryQueue({ unscoped }: Database): Promise<number> {
  const rows = await unscoped.$queryRaw<object[]>`
    select id from graphile_worker.reschedule_jobs(
      array(select id from graphile_worker.jobs
             where ${isOpen} and (attempts > 0 or run_at > now()) and not (${superseded})),
      run_at => now(), attempts => 0)`;
  return rows.length;
}

/** There is always one of these, or often: they look whether anything has changed. */
const looksOnly = Prisma.sql`task_identifier in ('logto.reconcile', 'logto.look_again', 'logto.await_owner')`;

const isOpen = Prisma.sql`task_identifier like 'logto.%' and (not (${looksOnly}) or last_error is not null)`;

/**
 * A job that another one of the same key took the place of while it was under way, and that did not get to its end: it
 * is never tried again (graphile-worker), as the other one does all of it, and it is no job that was given up.
 */
const superseded = Prisma.sql`
  key is null and attempts >= max_attempts and locked_at is null
  and (task_identifier in ('logto.sync_organization', 'logto.compare_organization', 'logto.adopt_organization', 'logto.handle_webhook') or ${looksOnly})`;

/** Removes what is left of them. */
export async function dropSuperseded({ unscoped }: Database): Promise<void> {
  await unscoped.$executeRaw`
    select from graphile_worker.complete_jobs(
      array(select id from graphile_worker.jobs where ${superseded}))`;
}

/** One of them in a line. */
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
