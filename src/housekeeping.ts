import { purgeTransactions } from "./auth/sign-in-transactions.ts";
import type { Database } from "./database/database.ts";
import { purgeCounters } from "./limits/limit-counters.ts";
import { purgeInvitations } from "./invitations/invitation.ts";
import { purgeDeliveries } from "./logto/webhooks/deliveries.ts";
import { scheduleReconciliation } from "./logto/sync/reconcile.ts";
import { purgeOrganization } from "./organizations/deletion.ts";
import { purgeLogouts } from "./sessions/back-channel.ts";
import { purgeSessions, type SessionLimits } from "./sessions/sessions.ts";

/** How often each instance looks. Milliseconds. */
const interval = 3_600_000;

type Housekeeping = {
  database: Database;
  sessionLimits: SessionLimits;
  logger: Record<"info" | "warn", (fields: object, message: string) => void>;
};

/**
 * Removes what has had its time, at the start and every hour. Each instance does it: what two of them find at
 * once, one removes. A failure is logged, and tried again an hour later.
 *
 * @returns a function that ends it, after what is under way
 */
export function startHousekeeping(options: Housekeeping): () => Promise<void> {
  let isStopping = false;
  let running = Promise.resolve();
  const run = () => {
    running = running.then(() => keepHouse(options, () => isStopping));
  };
  run();
  const timer = setInterval(run, interval).unref();
  return () => {
    clearInterval(timer);
    isStopping = true;
    return running;
  };
}

/**
 * One round; never throws.
 *
 * @param isStopping asked between any two statements
 */
export async function keepHouse(
  { database, sessionLimits, logger }: Housekeeping,
  isStopping: () => boolean = () => false,
): Promise<void> {
  const { unscoped } = database;
  const chores = [
    ["sessions", () => repeat(() => purgeSessions(unscoped, sessionLimits), isStopping)],
    ["sign-in transactions", () => repeat(() => purgeTransactions(unscoped), isStopping)],
    ["limit counters", () => repeat(() => purgeCounters(unscoped), isStopping)],
    ["logout tokens", () => repeat(() => purgeLogouts(unscoped), isStopping)],
    ["invitations", () => repeat(() => purgeInvitations(unscoped), isStopping)],
    ["webhook deliveries", () => repeat(() => purgeDeliveries(unscoped), isStopping)],
    ["reconciliation", () => scheduleReconciliation(database)],
    ["organizations", () => purgeOrganizations({ database, logger }, isStopping)],
  ] as const;
  for (const [chore, work] of chores) {
    try {
      await work();
    } catch (error) {
      logger.warn({ err: error, chore }, "housekeeping failed");
    }
  }
}

/** A batch at a time, until there is nothing left. */
async function repeat(purge: () => Promise<number>, isStopping: () => boolean): Promise<void> {
  while (!isStopping() && (await purge()) > 0);
}

/** One transaction each, so that one that fails does not keep the others. */
async function purgeOrganizations(
  { database, logger }: Pick<Housekeeping, "database" | "logger">,
  isStopping: () => boolean,
): Promise<void> {
  const due = await database.unscoped.$queryRaw<{ id: string }[]>`
    select id from purgeable_organizations() as due(id)`;
  for (const { id: organizationId } of due) {
    if (isStopping()) return;
    try {
      if (await purgeOrganization(database, organizationId)) {
        logger.info({ organizationId }, "organization purged");
      }
    } catch (error) {
      logger.warn({ err: error, organizationId }, "an organization could not be purged");
    }
  }
}
