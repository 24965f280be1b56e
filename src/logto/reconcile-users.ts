import { listLeavings } from "../account/leaving.ts";
import type { PersonProfile } from "../identity/profile.ts";
import { foreseeProof } from "../identity/email-statements.ts";
import { displayName } from "../identity/display-name.ts";
import { mirroredColumns } from "../identity/users.ts";
import { isUnavailable } from "./logto-error.ts";
import { type PullContext, pullUser } from "./pull-user.ts";
import { unlinkDisputed } from "./unlink-disputed.ts";
import { hasDoubtfulEmail, listUsers, readUser, type UserAtLogto } from "./users-at-logto.ts";

/** Somebody who is not here what they are at Logto. */
export type UserDifference = {
  userId: string;
  subject: string;
  /** What they are called here. */
  name: string;
  difference: "deleted" | "suspended" | "reactivated" | "profile";
};

type UserHere = Awaited<ReturnType<typeof listOurs>>[number];

/**
 * Makes everybody who is known here what they are at Logto: what webhooks told of, should have told of, and do not tell of.
 *
 * @param options.isDryRun changes nothing
 * @returns who was different
 * @throws LogtoError
 */
export async function reconcileUsers(
  context: PullContext,
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
      differences.push({
        userId,
        subject,
        name: displayName(user),
        difference,
      });
      if (isDryRun) continue;
      await pullUser(context, subject);
      await unlinkDisputed(context.database.unscoped, userId);
    } catch (error) {
      if (isUnavailable(error)) throw error;
      // One of them is no reason to leave the others as they are.
      context.logger.warn({ part: "logto", userId, err: error }, "a user could not be compared");
    }
  }
  if (!isDryRun) await noteStrangers(context, ours, theirs);
  return differences;
}

/** Of people who have never been here, those are taken note of whose address is doubtful: follow-webhook.ts. */
async function noteStrangers(
  context: PullContext,
  ours: readonly UserHere[],
  theirs: ReadonlyMap<string, UserAtLogto>,
): Promise<void> {
  const known = new Set(ours.map(({ subject }) => subject));
  for (const user of theirs.values()) {
    if (!known.has(user.subject) && hasDoubtfulEmail(user)) await pullUser(context, user.subject);
  }
}

function listOurs({ database, logto }: PullContext) {
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
  context: PullContext,
  here: UserHere,
  listed: UserAtLogto | undefined,
): Promise<UserDifference["difference"] | null> {
  // Whoever was not in the list may have been on no page of it, while others were deleted.
  const there = listed ?? (await readUser(context.logto, here.subject));
  if (!there) return (await isForgotten(context, here)) ? null : "deleted";
  if (there.isSuspended !== (here.suspendedAt !== null)) {
    return there.isSuspended ? "suspended" : "reactivated";
  }
  return isMirrored(here, there) ? null : "profile";
}

/** Whether all was done about somebody who is gone: they are kept by organizations that only they own. */
async function isForgotten({ database }: PullContext, here: UserHere): Promise<boolean> {
  if (here.suspendedAt === null) return false;
  const leavings = await listLeavings(database, here.id);
  return leavings.length > 0 && leavings.every(({ effect }) => effect !== "left");
}

function isMirrored(here: UserHere, there: PersonProfile): boolean {
  const { name, username, email, avatarUrl } = mirroredColumns(there);
  const { emailProofs: proofs, singleSignOn, ...of } = here;
  // The list does not tell of enterprises.
  const before = { ...of, hasEnterprise: singleSignOn !== null };
  const linked = new Set(here.identities.map(({ provider, subject }) => `${provider} ${subject}`));
  return (
    here.name === name &&
    here.username === username &&
    here.email === email &&
    here.emailVerified === foreseeProof(there, { ...before, proofs, isNew: false }) &&
    here.avatarUrl === avatarUrl &&
    linked.size === there.identities.length &&
    there.identities.every(({ target, subject }) => linked.has(`${target} ${subject}`))
  );
}
