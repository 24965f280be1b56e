import { z } from "zod";

import { listLeavings } from "../../account/leaving.ts";
import { displayName } from "../../identity/display-name.ts";
import { foreseeProof } from "../../identity/email-statements.ts";
import type { PersonProfile } from "../../identity/profile.ts";
import { isOwnPicture } from "../../access/picture-path.ts";
import { mirroredColumns } from "../../identity/users.ts";
import { isUnavailable } from "../client/logto-error.ts";
import { hasDoubtfulEmail, listUsers, readUser, type UserAtLogto } from "../client/users.ts";
import type { SyncContext } from "./context.ts";
import { pullUser } from "./pull-user.ts";
import { unlinkDisputed } from "./unlink-disputed.ts";

/** A user who differs between here and Logto. */
export type UserDifference = {
  userId: string;
  subject: string;
  /** Their name here. */
  name: string;
  difference: "deleted" | "suspended" | "reactivated" | "profile";
};

type UserHere = Awaited<ReturnType<typeof listOurs>>[number];

/**
 * Makes every user here equal to the user at Logto, even if a webhook was lost or Logto sends none.
 *
 * @param options.isDryRun changes nothing
 * @returns the users who differed
 * @throws LogtoError
 */
export async function reconcileUsers(
  context: SyncContext,
  { isDryRun = false }: { isDryRun?: boolean } = {},
): Promise<UserDifference[]> {
  const theirs = new Map((await listUsers(context.logto)).map((user) => [user.subject, user]));
  const ours = await listOurs(context);
  const missing = ours.filter(({ subject }) => !theirs.has(subject));
  if (missing.length > ours.length / 2) {
    const counts = { part: "logto", users: ours.length, missing: missing.length };
    context.logger.error(counts, "nobody was deleted: this looks like another Logto");
    return [];
  }
  const differences: UserDifference[] = [];
  for (const user of ours) {
    const { id: userId, subject } = user;
    try {
      const difference = await compare(context, user, theirs.get(subject));
      if (!difference) continue;
      differences.push({ userId, subject, name: displayName(user), difference });
      if (isDryRun) continue;
      await pullUser(context, subject);
      await unlinkDisputed(context.database.unscoped, userId);
    } catch (error) {
      if (isUnavailable(error)) throw error;
      // A failure of one user must not stop the comparison of the others.
      context.logger.warn({ part: "logto", userId, err: error }, "a user could not be compared");
    }
  }
  if (!isDryRun) await noteDoubtful(context, ours, theirs);
  return differences;
}

/** Mirrors users who have never been here if their address is doubtful: follow-webhook.ts says why. */
async function noteDoubtful(
  context: SyncContext,
  ours: readonly UserHere[],
  theirs: ReadonlyMap<string, UserAtLogto>,
): Promise<void> {
  const known = new Set(ours.map(({ subject }) => subject));
  for (const user of theirs.values()) {
    if (!known.has(user.subject) && hasDoubtfulEmail(user)) await pullUser(context, user.subject);
  }
}

function listOurs({ database, logto }: SyncContext) {
  return database.unscoped.user.findMany({
    where: { issuer: logto.issuer, deletedAt: null, isMachine: false },
    select: {
      id: true,
      subject: true,
      suspendedAt: true,
      name: true,
      username: true,
      email: true,
      emailVerified: true,
      avatarUrl: true,
      singleSignOn: true,
      identities: {
        select: {
          provider: true,
          subject: true,
          confirmedAt: true,
          isFounding: true,
          disputedEmail: true,
        },
      },
      emailProofs: { select: { email: true, source: true, endedAt: true, endedBy: true } },
    },
    orderBy: { id: "asc" },
  });
}

async function compare(
  context: SyncContext,
  here: UserHere,
  listed: UserAtLogto | undefined,
): Promise<UserDifference["difference"] | null> {
  // A list that changes while it is read page by page can leave a user out.
  const there = listed ?? (await readUser(context.logto, here.subject));
  if (!there) return (await isForgotten(context, here)) ? null : "deleted";
  if (there.isSuspended !== (here.suspendedAt !== null)) {
    return there.isSuspended ? "suspended" : "reactivated";
  }
  return isMirrored(here, there) ? null : "profile";
}

/** Whether everything is done about a user who is deleted at Logto and stays here as the only owner of organizations. */
async function isForgotten({ database }: SyncContext, here: UserHere): Promise<boolean> {
  if (here.suspendedAt === null) return false;
  const leavings = await listLeavings(database, here.id);
  return leavings.length > 0 && leavings.every(({ effect }) => effect !== "left");
}

function isMirrored(here: UserHere, there: PersonProfile): boolean {
  const { name, username, email, avatarUrl } = mirroredColumns(there);
  const { emailProofs: proofs, singleSignOn, ...of } = here;
  // The list does not name enterprises.
  const before = { ...of, hasEnterprise: singleSignOn !== null };
  const linked = new Set(here.identities.map(({ provider, subject }) => `${provider} ${subject}`));
  return (
    here.name === name &&
    here.username === username &&
    here.email === email &&
    here.emailVerified === foreseeProof(there, { ...before, proofs, isNew: false }) &&
    (here.avatarUrl === avatarUrl || isOwnPicture(here.avatarUrl)) &&
    linked.size === there.identities.length &&
    there.identities.every(({ target, subject }) => linked.has(`${target} ${subject}`))
  );
}

const applicationAnswer = z.object({ id: z.string() });

/**
 * Removes the service accounts of applications that were deleted at Logto from every organization. Logto sends no webhook
 * for that. It reads one list, or nothing if there are no service accounts.
 *
 * @returns how many
 * @throws LogtoError
 */
export async function forgetLostMachines(context: SyncContext): Promise<number> {
  const { database, logto } = context;
  const ours = await database.unscoped.user.findMany({
    where: { issuer: logto.issuer, isMachine: true, deletedAt: null },
    select: { subject: true },
  });
  if (ours.length === 0) return 0;
  const applications = await logto.list(applicationAnswer, (client, query) =>
    client.GET("/api/applications", { params: { query } }),
  );
  const theirs = new Set(applications.map(({ id }) => id));
  let lost = 0;
  for (const { subject } of ours) {
    if (theirs.has(subject)) continue;
    // It asks again about each one: the list can leave one out.
    if ((await pullUser(context, subject)) === null) lost += 1;
  }
  return lost;
}
