import type { Database } from "../../database/database.ts";
import { Prisma } from "../../database/generated/client.ts";
import { cleanName } from "../../http/visible-text.ts";
import { logto } from "../feature.ts";
import { awaitOwner } from "../sync/adopt-organization.ts";
import { lookAgain } from "../sync/look-again.ts";
import { reconcile } from "../sync/reconcile.ts";
import { type Command, withLogto } from "./run-command.ts";

const usage = `npm run logto:queue -- [options]

Lists what Logto has not been told or asked yet.

  --retry  tries all of it again now, including what was given up
  --help   shows this text
`;

/** `npm run logto:queue`: docs/logto-sync.md. */
export const queueCommand: Command<"retry"> = {
  usage,
  flags: ["retry"],
  async run({ retry }, terminal) {
    const report = await withLogto(terminal, ({ database }) =>
      retry ? tryAgain(database) : describeQueue(database),
    );
    terminal.print(`${report}\n`);
  },
};

async function tryAgain(database: Database): Promise<string> {
  const count = await retryQueue(database);
  if (count === 0) return "Nothing waits for another try.";
  return `${count} ${count === 1 ? "job is" : "jobs are"} tried again, by an application that runs.`;
}

async function describeQueue(database: Database): Promise<string> {
  const now = new Date();
  const jobs = await listQueue(database);
  return jobs.map((job) => describeJob(job, now)).join("\n") || "Nothing waits.";
}

/** A job about Logto that is not finished. */
type QueuedJob = {
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

/** Lists what has not been sent to Logto or compared with it yet, the oldest first. Jobs that only look again count if they failed. */
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
const looksOnly = isOneOf([reconcile, lookAgain, awaitOwner]);

const isOpen = Prisma.sql`task_identifier like 'logto.%' and (not (${looksOnly}) or last_error is not null)`;

/**
 * A job that failed after another one of its key had been added while it ran. graphile-worker never tries it again, as the
 * other one does all of its work; it does not count as given up.
 */
const superseded = Prisma.sql`
  key is null and attempts >= max_attempts and locked_at is null
  and ${isOneOf(logto.jobs?.filter(({ isKeyed }) => isKeyed) ?? [])}`;

function isOneOf(kinds: readonly { name: string }[]) {
  return Prisma.sql`task_identifier = any (${kinds.map(({ name }) => name)})`;
}

/** Describes a job in a line. */
function describeJob(job: QueuedJob, now: Date): string {
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
