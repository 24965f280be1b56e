import { z } from "zod";

import type { Database } from "../../database/database.ts";
import { defineJob } from "../../jobs/job.ts";
import type { Task } from "../../jobs/task.ts";
import type { LogtoJobContext, SyncContext } from "./context.ts";
import { sweepUnlinked } from "./adopt-organization.ts";
import { isUnavailable } from "../client/logto-error.ts";
import { forgetLostMachines, reconcileUsers } from "./reconcile-users.ts";
import { compareLater } from "./sync-organization.ts";

/** Seconds between two comparisons of recent changes. */
const interval = 60;

/** Seconds between two comparisons of everything. */
const fullInterval = 24 * 3600;

/** Seconds that a run may take: enough to read a million users of Logto. Nobody waits for it. */
const longest = 540;

const batch = 200;

/**
 * Compares recent changes with Logto, and everything once a day: Logto sends each webhook once, and none for some changes.
 * Its key makes it one job for all instances. It adds the next run before it does anything, so that another instance
 * continues if this one is killed.
 */
export const reconcile = defineJob({
  name: "logto.reconcile",
  lane: "slow",
  isKeyed: true,
  timeLimit: longest * 1_000,
  // Seconds since the epoch, by the database's clock.
  payload: z.object({ since: z.number().nullable(), fullSince: z.number().nullable() }),
  async run({ since, fullSince }, context: LogtoJobContext) {
    const { logto, database, logger } = context;
    if (!logto) return;
    const now = await readClock(database);
    const next = (payload: { since: number | null; fullSince: number | null }) =>
      database.unscoped.$transaction((tx) => reconcile.enqueue(tx, payload, scheduled));
    const present = { since, fullSince };
    await next(present);
    const isFull = fullSince === null || now - fullSince >= fullInterval;
    try {
      const report = await puttingOff(
        () => next(present),
        () =>
          isFull
            ? reconcileEverything({ ...context, logto })
            : reconcileLately({ ...context, logto }, since ?? now - fullInterval),
      );
      if (isFull) logger.info({ part: "logto", ...report }, "everything is compared with Logto");
      await next({ since: now, fullSince: isFull ? now : fullSince });
    } catch (error) {
      // This run has not failed: the next one tries again a minute later.
      if (!isUnavailable(error)) throw error;
      logger.warn({ part: "logto", reason: error.reason }, "Logto is away: nothing is compared");
    }
  },
});

const scheduled = { key: "logto:reconcile", delay: interval };

/** Does long work, and postpones the next run meanwhile, so that only one runs at a time. */
export async function puttingOff<T>(
  putOff: () => Promise<void>,
  work: () => Promise<T>,
  milliseconds = (interval / 3) * 1_000,
): Promise<T> {
  let pending: Promise<unknown> = Promise.resolve();
  const timer = setInterval(() => {
    pending = pending.then(putOff).catch(() => undefined);
  }, milliseconds);
  try {
    return await work();
  } finally {
    clearInterval(timer);
    // The next run that the caller schedules must not be overwritten.
    await pending;
  }
}

/** Adds {@link reconcile} again if it was lost or given up. */
export const scheduleReconciliation = {
  name: "logto.schedule_reconciliation",
  schedule: "* * * * *",
  async run(unscoped) {
    const payload = JSON.stringify({ since: null, fullSince: null });
    await unscoped.$executeRaw`
      select graphile_worker.add_job(${reconcile.name}, ${payload}::json, job_key => ${scheduled.key})
       where not exists (select from graphile_worker.jobs
                          where key = ${scheduled.key} and attempts < max_attempts)`;
  },
} satisfies Task;

/** Compares recent changes made here, and everything that has no webhook and is cheap to check. */
async function reconcileLately(context: SyncContext, since: number) {
  const organizations = await compareOrganizations(context.database, since);
  return { organizations, machines: await forgetLostMachines(context) };
}

/** Compares everything but the organizations, for which it adds jobs. @returns counts for a report */
export async function reconcileEverything(context: SyncContext) {
  const organizations = await compareOrganizations(context.database, 0);
  const unlinked = await sweepUnlinked(context, { isDryRun: false });
  const users = await reconcileUsers(context, { isDryRun: false });
  const machines = await forgetLostMachines(context);
  const count = (kind: string) => unlinked.filter(({ found }) => found.kind === kind).length;
  return {
    organizations,
    adopted: count("new"),
    orphans: count("orphan"),
    foreign: count("foreign"),
    people: users.length,
    machines,
  };
}

/** Schedules the comparison of every organization that has changed since then. @returns how many */
async function compareOrganizations(database: Database, since: number): Promise<number> {
  let found = 0;
  for await (const { organizationId } of listLinkable(database, since)) {
    await compareLater(database, organizationId);
    found += 1;
  }
  return found;
}

/** Yields every organization that is linked or will be, ordered by id. */
export async function* listLinkable(database: Database, since: number) {
  for (let after = "00000000-0000-0000-0000-000000000000"; ;) {
    const rows = await database.unscoped.$queryRaw<
      { organizationId: string; logtoId: string | null }[]
    >`
      select organization_id as "organizationId", logto_id as "logtoId"
        from list_organizations_with_twins(${after}::uuid, to_timestamp(${since}), ${batch})`;
    yield* rows;
    const last = rows.at(-1);
    if (!last || rows.length < batch) return;
    after = last.organizationId;
  }
}

async function readClock(database: Database): Promise<number> {
  const [row] = await database.unscoped.$queryRaw<{ now: number }[]>`
    select extract(epoch from now())::float8 as now`;
  return row?.now ?? 0;
}
