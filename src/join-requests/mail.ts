import { z } from "zod";

import { readPerson } from "../identity/person.ts";
import type { Transaction } from "../database/database.ts";
import { countUses } from "../limits/limit-counters.ts";
import { defineJob } from "../jobs/job.ts";
import { newcomerMails } from "../tenancy/limits.ts";
import { mailAbout } from "../tenancy/mail-about.ts";
import { hasPermission, roles } from "../access/roles.ts";
import { requestMails } from "./limits.ts";
import { writeRequest } from "./mail-text.ts";

/** How many people get a mail about one request: the admins and owners who have been members longest. */
const mostReaders = 20;

/** Mails one of the people who can decide, while the request is pending. */
export const requestMail = defineJob({
  name: "join_request.mail",
  lane: "mail",
  rank: 10,
  payload: z.strictObject({ organizationId: z.uuid(), requestId: z.uuid(), to: z.uuid() }),
  run: ({ organizationId, requestId, to }, context, { id }) =>
    mailAbout(context, { id, organizationId, to, limit: newcomerMails }, async (tx, occasion) => {
      const { role } = occasion;
      if (role === null || !hasPermission(role, "join-request:decide")) return null;
      const request = await tx.joinRequest.findFirst({
        where: { organizationId, id: requestId, status: "pending" },
        select: { userId: true },
      });
      const asker = request && (await readPerson(tx, request.userId));
      return asker && writeRequest(occasion, role, asker);
    }),
});

/**
 * Schedules the mails about a request; call it in the transaction of the request. There are none for a second request to
 * the same organization within a day, and none beyond the person's limit: the page lists such requests all the same.
 */
export async function mailRequest(
  tx: Transaction,
  request: { organizationId: string; requestId: string; userId: string },
): Promise<void> {
  const { organizationId, requestId, userId: askerId } = request;
  const earlier = await tx.$queryRaw<object[]>`
    select id from join_requests
     where organization_id = ${organizationId}::uuid and user_id = ${askerId}::uuid
       and id <> ${requestId}::uuid and created_at > now() - interval '1 day' limit 1`;
  if (earlier.length > 0) return;
  const readers = await tx.membership.findMany({
    where: {
      organizationId,
      suspendedAt: null,
      role: { in: roles.filter((role) => hasPermission(role, "join-request:decide")) },
    },
    select: { userId: true },
    orderBy: [{ createdAt: "asc" }, { userId: "asc" }],
    take: mostReaders,
  });
  const uses = [{ subject: askerId, points: readers.length }];
  if ((await countUses(tx, requestMails, uses)).size === 0) return;
  for (const { userId } of readers) {
    const payload = { organizationId, requestId, to: userId };
    await requestMail.enqueue(tx, payload, { share: `mail:${askerId}` });
  }
}
