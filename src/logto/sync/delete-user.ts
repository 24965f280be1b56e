import { z } from "zod";

import { defineJob } from "../../jobs/job.ts";
import type { LogtoJobContext } from "./context.ts";
import { isUnavailable } from "../client/logto-error.ts";
import { postpone } from "./postpone.ts";
import { deleteUser } from "../client/users.ts";

/** Deletes a user at Logto who has deleted their account here. */
export const deleteUserAtLogto = defineJob({
  name: "logto.delete_user",
  lane: "urgent",
  payload: z.object({ userId: z.uuid(), tries: z.int().optional() }),
  async run(payload, { database, logto }: LogtoJobContext, { priority }) {
    if (!logto) return;
    const { userId } = payload;
    const user = await database.unscoped.user.findFirst({
      where: { id: userId, issuer: logto.issuer, deletedAt: { not: null }, isMachine: false },
      select: { subject: true },
    });
    if (!user) return;
    try {
      await deleteUser(logto, user.subject);
    } catch (error) {
      if (!isUnavailable(error)) throw error;
      const key = `logto.delete_user:${userId}`;
      const job = { name: deleteUserAtLogto.name, payload, key, queue: null, priority };
      await postpone(database, job, error);
    }
  },
});
