import { z } from "zod";

import type { Transaction } from "../../database/database.ts";
import { defineJob } from "../../jobs/job.ts";
import { wakeSync } from "./hints.ts";
import { lockNotes } from "./local-state.ts";

/** Seconds from the comparison that found a member to watch to the first look. */
const firstDelay = 2;

/** Seconds for which a member is watched; later the daily comparison is enough. */
const watchTime = 600;

/**
 * Looks again at members who may still get a role at Logto. Its Console adds a member by one call, for which Logto sends a
 * webhook, and gives the role by a second one, for which it sends none.
 */
export const lookAgain = defineJob({
  name: "logto.look_again",
  lane: "urgent",
  isKeyed: true,
  rank: 20,
  payload: z.object({ organizationId: z.uuid() }),
  async run({ organizationId }, { database }) {
    await database.forOrganization(organizationId, async (tx) => {
      await lockNotes(tx, organizationId);
      const watched = await tx.$executeRaw`
        update logto_memberships set hints = hints + 1
         where organization_id = ${organizationId}::uuid
           and watched_since > now() - make_interval(secs => ${watchTime})`;
      if (watched > 0) await wakeSync(tx, organizationId);
    });
  },
});

/** Schedules the next look, if anybody is watched: the delay is how long the newest of them has been watched. */
export async function scheduleNextLook(tx: Transaction, organizationId: string): Promise<void> {
  const [newest] = await tx.$queryRaw<{ seconds: number | null }[]>`
    select extract(epoch from now() - max(watched_since))::float8 as seconds
      from logto_memberships
     where organization_id = ${organizationId}::uuid
       and watched_since > now() - make_interval(secs => ${watchTime})`;
  if (newest?.seconds == null) return;
  const delay = Math.max(firstDelay, newest.seconds);
  await lookAgain.enqueue(tx, { organizationId }, { key: `logto:again:${organizationId}`, delay });
}
