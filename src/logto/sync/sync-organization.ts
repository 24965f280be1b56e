import { z } from "zod";

import type { TenantDatabase, Transaction } from "../../database/database.ts";
import { defineJob } from "../../jobs/job.ts";
import { changeAsGuest } from "../../tenancy/joining.ts";
import type { LogtoJobContext } from "./context.ts";
import { byLogto } from "./apply-change.ts";
import { compareOrganization } from "./compare-organization.ts";
import type { SyncContext } from "./context.ts";
import { nameQueue, noteHint, wakeSync } from "./hints.ts";
import {
  type LocalOrganization,
  readLocalOrganization,
  settleOtherIssuers,
} from "./local-state.ts";
import { isUnavailable } from "../client/logto-error.ts";
import { postpone } from "./postpone.ts";
import { settleDifferences } from "./settle-organization.ts";
import {
  deleteOrganizationAtLogto,
  findCreatedFor,
  createOrganizationAtLogto,
} from "../client/organizations.ts";

const names = { sync: "logto.sync_organization", comparison: "logto.compare_organization" };

const payload = z.object({ organizationId: z.uuid(), tries: z.int().optional() });

/**
 * Makes an organization the same here and at Logto. The database's triggers add it with every change (wake_logto_sync),
 * and so do hints that something may have changed at Logto. An organization's queue lets one run at a time. It reads both
 * sides when it runs, so it may run again, late, or out of order.
 */
export const syncOrganization = defineJob({
  name: names.sync,
  lane: "urgent",
  payload,
  run: (wish, context: LogtoJobContext, { priority }) =>
    run(context, wish, {
      name: names.sync,
      key: nameQueue(wish.organizationId),
      priority,
      // What is left goes behind the other organizations that wait.
      patience: 1_500,
      goOn: () => wakeSync(context.database.unscoped, wish.organizationId),
    }),
});

/** Compares all of an organization where nothing is known to have changed, in the slow lane. */
export const compareWithLogto = defineJob({
  name: names.comparison,
  lane: "slow",
  rank: 10,
  payload,
  run: (wish, context: LogtoJobContext, { priority }) =>
    run(context, wish, {
      name: names.comparison,
      key: nameComparison(wish.organizationId),
      priority,
      // A job has a minute.
      patience: 20_000,
      goOn: () =>
        context.database.forOrganization(wish.organizationId, (tx) =>
          enqueueComparison(tx, wish.organizationId),
        ),
    }),
});

/** Schedules the comparison of all of an organization, behind everything urgent. */
export function compareLater(database: TenantDatabase, organizationId: string): Promise<void> {
  return database.forOrganization(organizationId, async (tx) => {
    await noteHint(tx, organizationId);
    await enqueueComparison(tx, organizationId);
  });
}

function enqueueComparison(tx: Transaction, organizationId: string): Promise<void> {
  const key = nameComparison(organizationId);
  const queue = nameQueue(organizationId);
  return compareWithLogto.enqueue(tx, { organizationId }, { key, queue });
}

const nameComparison = (organizationId: string) => `logto:compare:${organizationId}`;

/** How one of the two kinds of job is done, and goes on. */
type Way = {
  name: string;
  key: string;
  priority: number;
  /** Milliseconds, for looking and again for changing. */
  patience: number;
  goOn(): Promise<unknown>;
};

async function run(
  context: LogtoJobContext,
  wish: z.output<typeof payload>,
  { name, key, priority, patience, goOn }: Way,
): Promise<void> {
  const { database, logto } = context;
  const { organizationId } = wish;
  if (!logto) {
    await forgetPurged(database, organizationId);
    return;
  }
  try {
    const isDone = await sync({ ...context, logto }, organizationId, patience);
    if (!isDone) await goOn();
  } catch (error) {
    if (!isUnavailable(error)) throw error;
    const job = { name, payload: wish, key, queue: nameQueue(organizationId), priority };
    await postpone(database, job, error);
  }
}

/** @returns whether all was done: not where the time was not enough, or the organization is gone at Logto */
async function sync(
  context: SyncContext,
  organizationId: string,
  patience: number,
): Promise<boolean> {
  const { database, logto, baseUrl } = context;
  const here = await database.forOrganization(organizationId, async (tx) => {
    await settleOtherIssuers(tx, { organizationId, issuer: logto.issuer });
    return readLocalOrganization(tx, organizationId);
  });
  if (!here || !isOpen(here)) return true;
  if (here.name === null) return deleteEverywhere(context, organizationId, here.logtoId);
  const { logtoId } = here;
  if (logtoId === null) {
    const made = await createOrganizationAtLogto(logto, { organizationId, baseUrl });
    await database.forOrganization(
      organizationId,
      (tx) => tx.$executeRaw`
        update logto_organizations set logto_id = ${made}
         where organization_id = ${organizationId}::uuid and logto_id is null`,
    );
    return false;
  }
  const wholly = { all: here.hints > here.hintsSeen, mirrorsNew: true, timeoutMs: patience };
  const comparison = await compareOrganization(
    context,
    organizationId,
    { ...here, logtoId },
    wholly,
  );
  if (comparison.atLogto === null) {
    await unlink(context, organizationId, here);
    return false;
  }
  return settleDifferences(
    context,
    organizationId,
    { ...comparison, atLogto: comparison.atLogto },
    patience,
  );
}

/** Without a Logto, nothing stays of a purged organization, unless it was linked before. */
function forgetPurged(database: SyncContext["database"], organizationId: string) {
  return database.forOrganization(
    organizationId,
    (tx) => tx.$executeRaw`
      delete from logto_organizations l
       where l.organization_id = ${organizationId}::uuid and l.logto_id is null
         and not exists (select from organizations o where o.id = l.organization_id)`,
  );
}

/** Whether there is anything to tell Logto or to ask it. */
function isOpen({ version, pushedVersion, hints, hintsSeen, openMemberships }: LocalOrganization) {
  return version > pushedVersion || hints > hintsSeen || openMemberships > 0;
}

/** An organization deleted at Logto is not deleted here: it is created there anew, with all its members. */
async function unlink(
  { database, logger }: SyncContext,
  organizationId: string,
  { logtoId, isDeleted }: LocalOrganization,
): Promise<void> {
  const forget = (tx: Transaction) =>
    tx.$executeRaw`
      with unlinked as (
        update logto_organizations set logto_id = null, version = version + 1
         where organization_id = ${organizationId}::uuid and logto_id = ${logtoId} returning organization_id)
      update logto_memberships set version = version + 1
       where organization_id in (select organization_id from unlinked)`;
  logger.warn({ organizationId, part: "logto" }, "an organization was deleted at Logto");
  // Nobody reads the audit log of a deleted organization.
  if (isDeleted) await database.forOrganization(organizationId, forget);
  else {
    await changeAsGuest(database, byLogto(organizationId), async (tx) => {
      await forget(tx);
      const target = { type: "organization", id: organizationId };
      const details = { reason: "deleted at Logto" };
      return { value: undefined, event: { action: "logto.change_reverted", target, details } };
    });
  }
}

/** Deletes at Logto an organization that is purged here. */
async function deleteEverywhere(
  { database, logto, baseUrl }: SyncContext,
  organizationId: string,
  logtoId: string | null,
): Promise<boolean> {
  const ids =
    logtoId === null
      ? (await findCreatedFor(logto, { organizationId, baseUrl })).map(({ id }) => id)
      : [logtoId];
  for (const id of ids) await deleteOrganizationAtLogto(logto, id);
  await database.forOrganization(
    organizationId,
    (tx) => tx.$executeRaw`
      delete from logto_organizations where organization_id = ${organizationId}::uuid`,
  );
  return true;
}
