import { z } from "zod";

import type { TenantDatabase, Transaction } from "../database/database.ts";
import { defineJob } from "../jobs/job.ts";
import { changeAsGuest } from "../tenancy/joining.ts";
import type { LogtoJobContext } from "./job-context.ts";
import { byLogto } from "./apply-change.ts";
import { compareOrganization, type SyncContext } from "./compare-organization.ts";
import { noteHint } from "./hints.ts";
import { type LocalOrganization, readLocalOrganization, settleStrangers } from "./local-state.ts";
import { waitForLogto } from "./logto-error.ts";
import { settleDifferences } from "./settle-organization.ts";
import { deleteTwin, findNamelessTwins, makeTwin } from "./twin.ts";

const payload = z.object({ organizationId: z.uuid() });

/**
 * Makes an organization and its twin at Logto equal. It is woken by the database itself, by whatever changes one
 * (wake_logto_sync), and by hints that something may have changed at Logto; for one organization there is never more
 * than one under way (its queue). It reads both sides as they are then, so it can be done again, or late, or after others.
 */
export const syncOrganization = defineJob({
  name: "logto.sync_organization",
  lane: "urgent",
  payload,
  retryLater: waitForLogto,
  async run({ organizationId }, context: LogtoJobContext) {
    const isDone = await sync(context, organizationId, 1_500);
    // The rest goes behind the other organizations that wait.
    if (!isDone) await wake(context.database, organizationId);
  },
});

/** Does the same where nobody waits for it: where nothing is known to have changed, and all of it is looked at. */
export const compareWithTwin = defineJob({
  name: "logto.compare_organization",
  lane: "slow",
  rank: 10,
  payload,
  retryLater: waitForLogto,
  async run({ organizationId }, context: LogtoJobContext) {
    // A job has a minute.
    if (await sync(context, organizationId, 20_000)) return;
    await context.database.forOrganization(organizationId, (tx) =>
      enqueueComparison(tx, organizationId),
    );
  },
});

/** Has all of an organization looked at, after what is urgent. */
export function compareLater(database: TenantDatabase, organizationId: string): Promise<void> {
  return database.forOrganization(organizationId, async (tx) => {
    await noteHint(tx, organizationId);
    await enqueueComparison(tx, organizationId);
  });
}

function enqueueComparison(tx: Transaction, organizationId: string): Promise<void> {
  const key = nameComparison(organizationId);
  const queue = nameQueue(organizationId);
  return compareWithTwin.enqueue(tx, { organizationId }, { key, queue });
}

const nameQueue = (organizationId: string) => `logto:${organizationId}`;
const nameComparison = (organizationId: string) => `logto:compare:${organizationId}`;

function wake(database: SyncContext["database"], organizationId: string) {
  return database.unscoped.$executeRaw`select wake_logto_sync(${organizationId}::uuid)`;
}

/**
 * @param timeoutMs for reading both sides, and again for changing them
 * @returns whether everything was done: not when the time ran out, or when the twin had to be unlinked
 */
async function sync(
  { logto, ...rest }: LogtoJobContext,
  organizationId: string,
  timeoutMs: number,
): Promise<boolean> {
  const { database, baseUrl } = rest;
  if (!logto) {
    await forgetRemoved(database, organizationId);
    return true;
  }
  const context: SyncContext = { ...rest, logto };
  const here = await database.forOrganization(organizationId, async (tx) => {
    await settleStrangers(tx, { organizationId, issuer: logto.issuer });
    return readLocalOrganization(tx, organizationId);
  });
  if (!here || !isOpen(here)) return true;
  if (here.name === null) return removeTwin(context, organizationId, here.logtoId);
  const { logtoId } = here;
  if (logtoId === null) {
    const made = await makeTwin(logto, { organizationId, baseUrl });
    await database.forOrganization(
      organizationId,
      (tx) => tx.$executeRaw`
        update logto_organizations set logto_id = ${made}
         where organization_id = ${organizationId}::uuid and logto_id is null`,
    );
    return false;
  }
  const wholly = { all: here.hints > here.hintsSeen, acquaints: true, patience: timeoutMs };
  const comparison = await compareOrganization(
    context,
    organizationId,
    { ...here, logtoId },
    wholly,
  );
  if (comparison.twin === null) {
    await giveTwinUp(context, organizationId, here);
    return false;
  }
  return settleDifferences(
    context,
    organizationId,
    { ...comparison, twin: comparison.twin },
    timeoutMs,
  );
}

/** Where there is no Logto, nothing stays of an organization that was removed for good, unless it had a twin before. */
function forgetRemoved(database: SyncContext["database"], organizationId: string) {
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

/** Somebody deleted it at Logto, which is no way to delete an organization: it is made anew, with everybody in it. */
async function giveTwinUp(
  { database, logger }: SyncContext,
  organizationId: string,
  { logtoId, isDeleted }: LocalOrganization,
): Promise<void> {
  const forget = (tx: Transaction) =>
    tx.$executeRaw`
      with given_up as (
        update logto_organizations set logto_id = null, version = version + 1
         where organization_id = ${organizationId}::uuid and logto_id = ${logtoId} returning organization_id)
      update logto_memberships set version = version + 1
       where organization_id in (select organization_id from given_up)`;
  logger.warn({ organizationId, part: "logto" }, "an organization was deleted at Logto");
  // Nobody looks into the log of a deleted one.
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

/** Of an organization that was removed for good. */
async function removeTwin(
  { database, logto, baseUrl }: SyncContext,
  organizationId: string,
  logtoId: string | null,
): Promise<boolean> {
  const twins =
    logtoId === null
      ? (await findNamelessTwins(logto, { organizationId, baseUrl })).map(({ id }) => id)
      : [logtoId];
  for (const id of twins) await deleteTwin(logto, id);
  await database.forOrganization(
    organizationId,
    (tx) => tx.$executeRaw`
      delete from logto_organizations where organization_id = ${organizationId}::uuid`,
  );
  return true;
}
