import { z } from "zod";

import { type PullContext, pullUser } from "./pull-user.ts";

const applicationAnswer = z.object({ id: z.string() });

/**
 * Lets service accounts go whose application was deleted at Logto, which tells nobody of that: they leave every
 * organization. One list is read, and nothing where there are no service accounts.
 *
 * @returns how many
 * @throws LogtoError
 */
export async function forgetLostMachines(context: PullContext): Promise<number> {
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
    // Asks about this one again: a list that changes while it is read can leave somebody out.
    if ((await pullUser(context, subject)) === null) lost += 1;
  }
  return lost;
}
