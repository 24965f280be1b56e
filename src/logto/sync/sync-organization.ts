import { z } from "zod";

import type { TenantDatabase, Transaction } from "../../database/database.ts";
import { defineJob } from "../../jobs/job.ts";
import { changeAsGuest } from "../../tenancy/change-as.ts";
import type { LogtoJobContext, SyncContext } from "./context.ts";
import { byLogto } from "./apply-change.ts";
import { compareOrganization } from "./compare-organization.ts";
import { nameQueue, noteHint, wakeSync } from "./hints.ts";
import {
  type LocalOrganization,
  readLocalOrganization,
  settleOtherIssuers,
} from "./local-state.ts";
import { waitForLogto } from "../client/logto-error.ts";
import { settleDifferences } from "./settle-organization.ts";
import {
  deleteOrganizationAtLogto,
  findCreatedFor,
  createOrganizationAtLogto,
} from "../client/organizations.ts";

const payload = z.object({ organizationId: z.uuid() });

/**
 * Makes an organization equal here and at Logto. The database's triggers add this job with every change (wake_logto_sync),
 * and hints that something may have changed at Logto add it, too. An organization's queue runs one job at a time. Each run
 * reads both sides, so it may run again, late, or out of order.
 */
export const syncOrganization = defineJob({
  name: "logto.sync_organization",
  lane: "urgent",
  isKeyed: true,
  payload,
  retryLater: waitForLogto,
  async run({ organizationId }, context: LogtoJobContext) {
    const isDone = await sync(context, organizationId, 1_500);
    // The rest goes behind the other organizations that wait.
    if (!isDone) await wakeSync(context.database.unscoped, organizationId);
  },
});

/** Compares all of an organization, in the slow lane, although no change is known. */
export const compareWithLogto = defineJob({
  name: "logto.compare_organization",
  lane: "slow",
  isKeyed: true,
  rank: 10,
  payload,
  retryLater: waitForLogto,
  async run({ organizationId }, context: LogtoJobContext) {
    // A job may run for a minute.
    if (await sync(context, organizationId, 20_000)) return;
    await context.database.forOrganization(organizationId, (tx) =>
      enqueueComparison(tx, organizationId),
    );
  },
});

/** Schedules the comparison of all of an organization, behind everything urgent. */
export function compareLater(database: TenantDatabase, organizationId: string): Promise<void> {
  return database.forOrganization(organizationId, async (tx) => {
    await noteHint(tx, organizationId);
    await enqueueComparison(tx, organizationId);
  });
}

function enqueueComparison(tx: Transaction, organizationId: string): Promise<void> {
  const key = `logto:compare:${organizationId}`;
  const queue = nameQueue(organizationId);
  return compareWithLogto.enqueue(tx, { organizationId }, { key, queue });
}

/**
 * @param timeoutMs for reading both sides, and again for changing them
 * @returns whether everything was done; false if the time ran out, or the organization is gone at Logto
 */
async function sync(
  { logto, ...rest }: LogtoJobContext,
  organizationId: string,
  timeoutMs: number,
): Promise<boolean> {
  const { database, baseUrl } = rest;
  if (!logto) {
    await forgetPurged(database, organizationId);
    return true;
  }
  const context: SyncContext = { ...rest, logto };
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
  const wholly = { all: here.hints > here.hintsSeen, mirrorsNew: true, timeoutMs };
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
    timeoutMs,
  );
}

/** Without Logto, nothing stays of a purged organization, unless it was linked before. */
function forgetPurged(database: SyncContext["database"], organizationId: string) {
  return database.forOrganization(
    organizationId,
    (tx) => tx.$executeRaw`
      delete from logto_organizations l
       where l.organization_id = ${organizationId}::uuid and l.logto_id is null
         and not exists (select from organizations o where o.id = l.organization_id)`,
  );
}

/** Whether there is an open change for Logto, or an open hint. */
function isOpen({ version, pushedVersion, hints, hintsSeen, openMemberships }: LocalOrganization) {
  return version > pushedVersion || hints > hintsSeen || openMemberships > 0;
}

/** An organization that was deleted at Logto is not deleted here. We create it there again, with all its members. */
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
