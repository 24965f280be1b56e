import { z } from "zod";

import { findDisputedAccount } from "../auth/email-proofs.ts";
import type { UnlinkDisputed } from "../auth/entry.ts";
import type { PrismaClient } from "../database/generated/client.ts";
import { defineJob } from "../jobs/job.ts";
import { isUnavailable } from "./logto-error.ts";
import { postpone } from "./postpone.ts";
import { pullUser } from "./pull-user.ts";
import { readUser, unlinkIdentity } from "./users-at-logto.ts";

/** Unlinks at Logto an account by which somebody else may sign in as a user of ours. */
export const unlinkAtLogto = defineJob({
  name: "logto.unlink",
  payload: z.object({
    userId: z.uuid(),
    provider: z.string(),
    accountSubject: z.string(),
    tries: z.int().optional(),
  }),
  async run(payload, context) {
    const { database, logto, logger } = context;
    if (!logto) return;
    const { userId, provider, accountSubject } = payload;
    const disputed = await database.unscoped.$transaction((tx) => findDisputedAccount(tx, userId));
    // It was verified meanwhile, or is gone.
    if (disputed?.provider !== provider || disputed.subject !== accountSubject) return;
    const { subject } = await database.unscoped.user.findUniqueOrThrow({
      where: { id: userId },
      select: { subject: true },
    });
    try {
      const user = await readUser(logto, subject);
      const isLinked = user?.identities.some(
        (identity) => identity.target === provider && identity.subject === accountSubject,
      );
      if (isLinked) {
        await unlinkIdentity(logto, subject, provider);
        logger.warn({ part: "logto", userId, provider }, "a disputed account was unlinked");
      }
      await pullUser({ database, logto, logger }, subject);
    } catch (error) {
      if (!isUnavailable(error)) throw error;
      const key = `logto.unlink:${userId}`;
      await postpone(database, { name: unlinkAtLogto.name, payload, key, queue: null }, error);
    }
  },
});

/** Has it unlinked soon. */
export function unlinkDisputed(unscoped: PrismaClient): UnlinkDisputed {
  return (userId, { provider, subject: accountSubject }) =>
    unscoped.$transaction((tx) =>
      unlinkAtLogto.enqueue(
        tx,
        { userId, provider, accountSubject },
        { key: `logto.unlink:${userId}` },
      ),
    );
}
