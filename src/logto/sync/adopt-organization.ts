import { z } from "zod";

import type { Database } from "../../database/database.ts";
import { violatesUnique } from "../../database/faults.ts";
import { nameField } from "../../http/name-field.ts";
import { defineJob } from "../../jobs/job.ts";
import { createOrganization } from "../../organizations/organization.ts";
import type { LogtoJobContext, SyncContext } from "./context.ts";
import { hintOrganization } from "./hints.ts";
import { waitForLogto } from "../client/logto-error.ts";
import { findLinkedOrganization } from "./local-state.ts";
import { pullUser } from "./pull-user.ts";
import { listMembersAtLogto } from "../client/members.ts";
import {
  deleteOrganizationAtLogto,
  listOrganizationsAtLogto,
  type OrganizationAtLogto,
  readOrganizationAtLogto,
  readOrigin,
} from "../client/organizations.ts";

/** An organization at Logto that is linked to none of ours. */
export type UnlinkedOrganization =
  /** We created it for an organization that is linked to another one, or is gone. We delete it. */
  | { kind: "orphan" }
  /** We created it a moment ago, and have not stored its id yet. */
  | { kind: "pending" }
  /** An admin created it in Logto's Console, and it has an owner. We adopt it. */
  | { kind: "new"; ownerSubjects: string[]; name: string }
  /** It belongs to another application, has no owner, or has an unreadable name. We leave it alone. */
  | { kind: "foreign"; reason: string; mayGetOwner?: boolean };

/** Seconds for which we look again at an organization without an owner; later the daily comparison is enough. */
const watchTime = 3_600;

/** Seconds for which we look at least every minute. */
const closeWatchTime = 600;

/** An organization with more people and no owner is not new: it belongs to another application at the same Logto. */
const mostPeople = 100;

/** Adopts an organization that an admin created in Logto's Console, once it has an owner. */
export const adoptOrganization = defineJob({
  name: "logto.adopt_organization",
  lane: "urgent",
  rank: 10,
  isKeyed: true,
  payload: z.object({ logtoId: z.string() }),
  retryLater: waitForLogto,
  run: ({ logtoId }, context: LogtoJobContext) => adoptOrWatch(context, logtoId, 0),
});

/**
 * Looks again at an organization that had no owner. Logto's Console creates it, adds people and gives them roles one after
 * the other, and sends no webhook about the roles.
 */
export const awaitOwner = defineJob({
  name: "logto.await_owner",
  lane: "urgent",
  rank: 20,
  isKeyed: true,
  payload: z.object({ logtoId: z.string(), seconds: z.number() }),
  retryLater: waitForLogto,
  run: ({ logtoId, seconds }, context: LogtoJobContext) => adoptOrWatch(context, logtoId, seconds),
});

async function adoptOrWatch(
  { logto, ...context }: LogtoJobContext,
  logtoId: string,
  seconds: number,
): Promise<void> {
  if (!logto) return;
  const atLogto = await readOrganizationAtLogto(logto, logtoId);
  const found = atLogto && (await adopt({ ...context, logto }, atLogto));
  if (found?.kind === "foreign" && found.mayGetOwner) {
    await watch(context.database, logtoId, seconds);
  }
}

/** @param seconds for which the organization has been watched */
async function watch(database: Database, logtoId: string, seconds: number): Promise<void> {
  if (seconds >= watchTime) return;
  const longest = seconds < closeWatchTime ? 60 : watchTime;
  const delay = Math.min(Math.max(seconds, 2), longest);
  await database.unscoped.$transaction((tx) =>
    awaitOwner.enqueue(
      tx,
      { logtoId, seconds: seconds + delay },
      { key: `logto:await_owner:${logtoId}`, delay },
    ),
  );
}

/**
 * Schedules one look at an organization at Logto; concurrent requests share it.
 *
 * @param options.share names the person who asks, if they may ask about many
 */
export function requestAdoption(
  database: Database,
  logtoId: string,
  options: { share?: string } = {},
): Promise<void> {
  return database.unscoped.$transaction((tx) =>
    adoptOrganization.enqueue(tx, { logtoId }, { key: `logto:adopt:${logtoId}`, ...options }),
  );
}

/**
 * Searches all of Logto for unlinked organizations. Adopts those created in its Console, and deletes what an interrupted
 * creation left behind.
 *
 * @param options.isDryRun changes nothing
 */
export async function sweepUnlinked(
  context: SyncContext,
  { isDryRun }: { isDryRun: boolean },
): Promise<{ atLogto: OrganizationAtLogto; found: UnlinkedOrganization }[]> {
  const unlinked: { atLogto: OrganizationAtLogto; found: UnlinkedOrganization }[] = [];
  for (const atLogto of await listOrganizationsAtLogto(context.logto)) {
    const found = await (isDryRun ? recognize : adopt)(context, atLogto);
    if (found) unlinked.push({ atLogto, found });
  }
  return unlinked;
}

async function adopt(
  context: SyncContext,
  atLogto: OrganizationAtLogto,
): Promise<UnlinkedOrganization | null> {
  const { database, logto, logger } = context;
  const found = await recognize(context, atLogto);
  if (found?.kind === "orphan") await deleteOrganizationAtLogto(logto, atLogto.id);
  if (found?.kind !== "new") return found;
  let userId: string | null = null;
  for (const subject of found.ownerSubjects) userId ??= await pullUser(context, subject);
  if (!userId) return { kind: "foreign", reason: "its owner has no account" };
  const id = await create(database, { name: found.name, userId, logtoId: atLogto.id });
  if (!id) return null;
  await hintOrganization(database, id);
  logger.info({ organizationId: id, part: "logto" }, "adopted an organization created at Logto");
  return found;
}

/** @returns its id; null if another process has adopted it at the same time */
async function create(
  database: Database,
  { name, userId, logtoId }: { name: string; userId: string; logtoId: string },
): Promise<string | null> {
  try {
    return (await createOrganization(database, { name, userId }, null, logtoId)).id;
  } catch (error) {
    if (violatesUnique(error) && (await findLinkedOrganization(database, logtoId))) return null;
    throw error;
  }
}

/** @returns null if it is linked */
async function recognize(
  { database, logto, baseUrl }: SyncContext,
  atLogto: OrganizationAtLogto,
): Promise<UnlinkedOrganization | null> {
  if (await findLinkedOrganization(database, atLogto.id)) return null;
  const origin = readOrigin(atLogto);
  if (origin) {
    const { organizationId } = origin;
    if (origin.baseUrl !== baseUrl) return { kind: "foreign", reason: "another installation's" };
    const row = await database.forOrganization(organizationId, (tx) =>
      tx.logtoOrganization.findUnique({ where: { organizationId } }),
    );
    // Linked since we looked.
    if (row?.logtoId === atLogto.id) return null;
    return { kind: row?.logtoId === null ? "pending" : "orphan" };
  }
  const members = await listMembersAtLogto(logto, atLogto.id);
  const owners = [...members.values()].filter(({ role }) => role === "owner");
  if (owners.length === 0) {
    const mayGetOwner = members.size <= mostPeople;
    return { kind: "foreign", reason: "it has no owner", mayGetOwner };
  }
  const name = nameField.safeParse(atLogto.name);
  if (!name.success) return { kind: "foreign", reason: "its name is unreadable" };
  return { kind: "new", ownerSubjects: owners.map(({ subject }) => subject), name: name.data };
}
