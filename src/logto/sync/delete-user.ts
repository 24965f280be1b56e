import { z } from "zod";

import { defineJob } from "../../jobs/job.ts";
import { waitForLogto } from "../client/logto-error.ts";
import { deleteUser } from "../client/users.ts";
import type { LogtoJobContext } from "./context.ts";

/** Deletes a user at Logto who has deleted their account here. */
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
