import { z } from "zod";

import { findDisputedAccount } from "../../identity/email-proofs.ts";
import type { PrismaClient } from "../../database/generated/client.ts";
import { defineJob } from "../../jobs/job.ts";
import type { LogtoJobContext } from "./context.ts";
import { waitForLogto } from "../client/logto-error.ts";
import { pullUser } from "./pull-user.ts";
import { endSessions, readUser, unlinkIdentity } from "../client/users.ts";

/** Unlinks at Logto an account by which a stranger may sign in as a user of ours. */
export const unlinkAtLogto = defineJob({
  name: "logto.unlink",
  lane: "urgent",
  isKeyed: true,
  payload: z.object({ userId: z.uuid(), provider: z.string(), accountSubject: z.string() }),
  retryLater: waitForLogto,
  async run({ userId, provider, accountSubject }, context: LogtoJobContext) {
    const { database, logto, logger } = context;
    if (!logto) return;
    const disputed = await database.unscoped.$transaction((tx) => findDisputedAccount(tx, userId));
    // It was verified meanwhile, or is gone.
    if (disputed?.provider !== provider || disputed.subject !== accountSubject) return;
    const { subject } = await database.unscoped.user.findUniqueOrThrow({
      where: { id: userId },
      select: { subject: true },
    });
    const user = await readUser(logto, subject);
    const isLinked = user?.identities.some(
      (identity) => identity.target === provider && identity.subject === accountSubject,
    );
    if (isLinked) {
      await unlinkIdentity(logto, subject, provider);
      // A stranger may be signed in at Logto with it, also for other applications.
      await endSessions(logto, subject);
      logger.warn({ part: "logto", userId, provider }, "a disputed account was unlinked");
    }
    await pullUser({ ...context, logto }, subject);
  },
});

/** Schedules the unlinking of a user's disputed account, if there is one and they can sign in without it. */
export async function unlinkDisputed(unscoped: PrismaClient, userId: string): Promise<boolean> {
  return unscoped.$transaction(async (tx) => {
    const account = await findDisputedAccount(tx, userId);
    // The user signs in with the account that they first came with.
    if (!account || account.isFounding) return false;
    const { provider, subject: accountSubject } = account;
    const options = { key: `logto.unlink:${userId}` };
    await unlinkAtLogto.enqueue(tx, { userId, provider, accountSubject }, options);
    return true;
  });
}
