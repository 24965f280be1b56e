import { z } from "zod";

import { defineJob } from "../jobs/job.ts";
import type { LogtoJobContext } from "./job-context.ts";
import { waitForLogto } from "./logto-error.ts";
import { deleteUser } from "./users-at-logto.ts";

/** Deletes at Logto whoever has deleted their account here. */
export const deleteUserAtLogto = defineJob({
  name: "logto.delete_user",
  lane: "urgent",
  payload: z.object({ userId: z.uuid() }),
  retryLater: waitForLogto,
  async run({ userId }, { database, logto }: LogtoJobContext) {
    if (!logto) return;
    const user = await database.unscoped.user.findFirst({
      where: { id: userId, issuer: logto.issuer, deletedAt: { not: null }, isMachine: false },
      select: { subject: true },
    });
    if (user) await deleteUser(logto, user.subject);
  },
});
