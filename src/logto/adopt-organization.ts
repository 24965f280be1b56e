import { z } from "zod";

import type { Database } from "../database/database.ts";
import { violatesUnique } from "../database/faults.ts";
import { nameField } from "../http/name-field.ts";
import { defineJob } from "../jobs/job.ts";
import { createOrganization } from "../organizations/organization.ts";
import type { LogtoJobContext } from "./job-context.ts";
import type { SyncContext } from "./compare-organization.ts";
import { hintOrganization } from "./hints.ts";
import { isUnavailable, waitForLogto } from "./logto-error.ts";
import { pullUser } from "./pull-user.ts";
import {
  deleteTwin,
  listMembersAtLogto,
  readMark,
  readTwin,
  type Twin,
  twinAnswer,
} from "./twin.ts";

/** Whose an organization at Logto is that no organization of ours has noted as its twin. */
export type Stray =
  /** Made by us for an organization that has another twin, or is gone: nobody needs it. */
  | { kind: "orphan" }
  /** Made by us a moment ago, and not noted yet. */
  | { kind: "unborn" }
  /** Made in Logto's Console, with an owner: an organization of ours to be. */
  | { kind: "new"; ownerSubjects: string[]; name: string }
  /** Somebody else's, or without an owner, or with a name that nobody could read: left alone. */
  | { kind: "foreign"; reason: string; mayGetOwner?: boolean };

/** Seconds for which one without an owner is looked at again; from then on the daily comparison is enough. */
const watchTime = 3_600;

/** For so many of them, at least every minute. */
const closeWatchTime = 600;

/** One with more people and no owner is no new one, but that of somebody who uses the same Logto. */
const mostPeople = 100;

/** Takes an organization in that was made in Logto's Console, once it has an owner. */
export const adoptOrganization = defineJob({
  name: "logto.adopt_organization",
  lane: "urgent",
  rank: 10,
  payload: z.object({ logtoId: z.string() }),
  retryLater: waitForLogto,
  async run({ logtoId }, context: LogtoJobContext) {
    const { logto, database } = context;
    if (!logto) return;
    const twin = await readTwin(logto, logtoId);
    const stray = twin && (await adopt({ ...context, logto }, twin));
    if (stray?.kind === "foreign" && stray.mayGetOwner) await watch(database, logtoId, 0);
  },
});

/**
 * Looks again at an organization that had no owner: Logto's Console makes it, adds people and gives them roles one after
 * the other, and of the roles nothing tells.
 */
export const awaitOwner = defineJob({
  name: "logto.await_owner",
  lane: "urgent",
  rank: 20,
  payload: z.object({ logtoId: z.string(), seconds: z.number() }),
  async run({ logtoId, seconds }, context: LogtoJobContext) {
    const { logto, database } = context;
    if (!logto) return;
    try {
      const twin = await readTwin(logto, logtoId);
      const stray = twin && (await adopt({ ...context, logto }, twin));
      if (stray?.kind !== "foreign" || !stray.mayGetOwner) return;
    } catch (error) {
      if (!isUnavailable(error)) throw error;
    }
    await watch(database, logtoId, seconds);
  },
});

/** @param seconds for which it has been watched */
async function watch(database: Database, logtoId: string, seconds: number): Promise<void> {
  if (seconds >= watchTime) return;
  // As long again.
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
 * Has it looked at soon; once, however many ask for it.
 *
 * @param options.share who asks, where they may ask about many
 */
export function requestAdoption(
  database: Database,
  logtoId: string,
  options: { share?: string } = {},
): Promise<void> {
  return database.unscoped.$transaction((tx) =>
    adoptOrganization.enqueue(tx, { logtoId }, { key: nameJob(logtoId), ...options }),
  );
}

const nameJob = (logtoId: string) => `logto:adopt:${logtoId}`;

/**
 * Looks through all of Logto for organizations that no organization of ours has noted: takes those in that were made
 * in its Console, and removes what an interrupted creation left behind.
 *
 * @returns what it found, and nothing is changed where `isDryRun`
 */
export async function sweepTwins(
  context: SyncContext,
  { isDryRun }: { isDryRun: boolean },
): Promise<{ twin: Twin; stray: Stray }[]> {
  const { logto } = context;
  const twins = await logto.list(twinAnswer, (client, query) =>
    client.GET("/api/organizations", { params: { query } }),
  );
  const strays: { twin: Twin; stray: Stray }[] = [];
  for (const twin of twins) {
    const stray = isDryRun ? await recognize(context, twin) : await adopt(context, twin);
    if (stray) strays.push({ twin, stray });
  }
  return strays;
}

async function adopt(context: SyncContext, twin: Twin): Promise<Stray | null> {
  const { database, logto, logger } = context;
  const stray = await recognize(context, twin);
  if (stray?.kind === "orphan") await deleteTwin(logto, twin.id);
  if (stray?.kind !== "new") return stray;
  const userId = await findFirst(stray.ownerSubjects, (subject) => pullUser(context, subject));
  if (!userId) return { kind: "foreign", reason: "its owner has no account" };
  const id = await create(database, { name: stray.name, userId, logtoId: twin.id });
  if (!id) return null;
  await hintOrganization(database, id);
  logger.info({ organizationId: id, part: "logto" }, "an organization made at Logto was taken in");
  return stray;
}

async function findFirst<T, Found>(
  items: readonly T[],
  find: (item: T) => Promise<Found | null>,
): Promise<Found | null> {
  for (const item of items) {
    const found = await find(item);
    if (found !== null) return found;
  }
  return null;
}

/** @returns its id; null where somebody else has taken it in at the same time */
async function create(
  database: Database,
  { name, userId, logtoId }: { name: string; userId: string; logtoId: string },
): Promise<string | null> {
  try {
    return (await createOrganization(database, { name, userId }, null, logtoId)).id;
  } catch (error) {
    if (violatesUnique(error) && (await findOrganizationOf(database, logtoId))) return null;
    throw error;
  }
}

async function findOrganizationOf({ unscoped }: Database, logtoId: string): Promise<string | null> {
  const [noted] = await unscoped.$queryRaw<{ organizationId: string | null }[]>`
    select find_organization_of_twin(${logtoId}) as "organizationId"`;
  return noted?.organizationId ?? null;
}

/** @returns null where one of ours has noted it */
async function recognize({ database, logto, baseUrl }: SyncContext, twin: Twin) {
  if (await findOrganizationOf(database, twin.id)) return null;
  const mark = readMark(twin);
  if (mark) {
    const { organizationId } = mark;
    if (mark.baseUrl !== baseUrl) {
      return { kind: "foreign", reason: "another installation's" } satisfies Stray;
    }
    const row = await database.forOrganization(organizationId, (tx) =>
      tx.logtoOrganization.findUnique({ where: { organizationId } }),
    );
    // Noted since we looked.
    if (row?.logtoId === twin.id) return null;
    return { kind: row?.logtoId === null ? "unborn" : "orphan" } satisfies Stray;
  }
  const members = await listMembersAtLogto(logto, twin.id);
  const owners = [...members.values()].filter(({ role }) => role === "owner");
  if (owners.length === 0) {
    const mayGetOwner = members.size <= mostPeople;
    return { kind: "foreign", reason: "it has no owner", mayGetOwner } satisfies Stray;
  }
  const name = nameField.safeParse(twin.name);
  if (!name.success)
    return { kind: "foreign", reason: "nobody could read its name" } satisfies Stray;
  const ownerSubjects = owners.map(({ subject }) => subject);
  return { kind: "new", ownerSubjects, name: name.data } satisfies Stray;
}
