import { z } from "zod";

import { readPerson } from "../identity/person.ts";
import type { Transaction } from "../database/database.ts";
import { countUses } from "../limits/limit-counters.ts";
import { defineJob } from "../jobs/job.ts";
import { personInMail } from "../mail/name-in-mail.ts";
import { joinedMails, newcomerMails, notifications } from "./limits.ts";
import { mailAbout, readActiveRole } from "./mail-about.ts";
import {
  writeJoined,
  writeOwnerChanged,
  writeRemoved,
  writeRoleChanged,
  writeWelcome,
} from "./mail-texts.ts";
import { type Role, roles } from "../access/roles.ts";

const change = z.strictObject({ organizationId: z.uuid(), userId: z.uuid(), to: z.uuid() });

type Change = z.output<typeof change>;

/** Goes to the person who let a member in, or to the new member. */
export const joinedMail = defineJob({
  name: "member.joined_mail",
  lane: "mail",
  payload: change,
  run: ({ organizationId, userId, to }, context, { id }) => {
    const limit = to === userId ? notifications : newcomerMails;
    return mailAbout(context, { id, organizationId, to, limit }, async (tx, occasion) => {
      if (occasion.role === null) return null;
      if (to === userId) return writeWelcome(occasion, occasion.role);
      const member = await readPerson(tx, userId);
      const role = await readActiveRole(tx, { organizationId, userId });
      if (!member || !role) return null;
      const name = personInMail(member.name, "A new member");
      return writeJoined(occasion, { name, email: member.provenEmails[0], role });
    });
  },
});

/** Goes to a person who was removed, unless they are a member again. */
export const removedMail = defineJob({
  name: "member.removed_mail",
  lane: "mail",
  payload: change.omit({ to: true }),
  run: ({ organizationId, userId }, context, { id }) =>
    mailAbout(context, { id, organizationId, to: userId }, async (tx, occasion) => {
      const key = { organizationId_userId: { organizationId, userId } };
      const membership = await tx.membership.findUnique({
        where: key,
        select: { userId: true },
      });
      return membership ? null : writeRemoved(occasion);
    }),
});

/**
 * Goes to a person whose role another one changed; if it was or is owner, to both. Graphile Worker appends a change to a job
 * that waits under the same key, so the first entry has the original role. If the role is the same again, no mail is sent.
 */
export const roleMail = defineJob({
  name: "member.role_mail",
  lane: "mail",
  payload: z.tuple([change.extend({ from: z.enum(roles) })]).rest(z.unknown()),
  run: ([{ organizationId, userId, to, from }], context, { id }) =>
    mailAbout(context, { id, organizationId, to }, async (tx, occasion) => {
      const role = await readActiveRole(tx, { organizationId, userId });
      if (role === null || occasion.role === null || role === from) return null;
      if (to === userId) return writeRoleChanged(occasion, { from, role });
      const member = await readPerson(tx, userId);
      if (!member) return null;
      const name = personInMail(member.name, "Another member");
      return writeOwnerChanged(occasion, { name, role });
    }),
});

/** One job for the same news, in the share of its organization: much mail of one does not delay another's. */
const once = (
  job: { name: string },
  { organizationId, userId }: Omit<Change, "to">,
  to?: string,
) => ({
  key: [job.name, organizationId, userId, to].filter(Boolean).join(" "),
  share: `mail:${organizationId}`,
});

/** Call it in the transaction of the change. The person who let the member in gets at most one such mail a day. */
export async function mailJoined(tx: Transaction, joined: Change): Promise<void> {
  const { organizationId, userId, to } = joined;
  const subject = `${organizationId} ${userId} ${to}`;
  const isNews = to === userId || (await countUses(tx, joinedMails, [{ subject }])).size > 0;
  if (!isNews) return;
  return joinedMail.enqueue(tx, joined, once(joinedMail, joined, to));
}

/** Call it in the transaction of the change. */
export function mailRemoved(tx: Transaction, removed: Omit<Change, "to">): Promise<void> {
  return removedMail.enqueue(tx, removed, once(removedMail, removed));
}

/**
 * Call it in the transaction of the change.
 *
 * @param changed.actorId gets a mail only about owners; nobody gets one about their own act
 */
export async function mailRoleChanged(
  tx: Transaction,
  changed: {
    organizationId: string;
    userId: string;
    actorId: string | null;
    from: Role;
    role: Role;
  },
): Promise<void> {
  const { organizationId, userId, actorId, from, role } = changed;
  if (userId === actorId) return;
  const isOfOwners = from === "owner" || role === "owner";
  for (const to of [userId, ...(isOfOwners && actorId !== null ? [actorId] : [])]) {
    const news = { organizationId, userId, to, from };
    await roleMail.enqueue(tx, [news], once(roleMail, news, to));
  }
}
