import { z } from "zod";

import type { Transaction } from "../database/database.ts";
import type { MailFault } from "../database/generated/client.ts";
import { readPerson } from "../identity/person.ts";
import { defineJob } from "../jobs/job.ts";
import { MailError, sendOrGiveUp } from "../mail/mailer.ts";
import { nameInMail } from "../mail/name-in-mail.ts";
import { createInvitationPath, isOpen, nameInviter, readInvitation } from "./invitation.ts";
import { mailsOfOne } from "./limits.ts";
import { writeInvitation } from "./mail-text.ts";

/** Mails an invitation with a new link, if it is still open when the job runs. */
export const invitationMail = defineJob({
  name: "invitation.mail",
  lane: "mail",
  rank: 10,
  payload: z.object({ organizationId: z.uuid(), invitationId: z.uuid() }),
  async run(key, context, { id, isLastAttempt }) {
    const { database, baseUrl } = context;
    const { organizationId, invitationId } = key;
    const mail = await database.forOrganization(organizationId, (tx) => write(tx, key, baseUrl));
    if (!mail) return;
    const note = (fault: MailFault | null) =>
      database.forOrganization(
        organizationId,
        (tx) => tx.$executeRaw`
          update invitations
             set mail_fault = ${fault}::mail_fault,
                 mail_sent_at = case when ${fault === null} then now() else mail_sent_at end
           where organization_id = ${organizationId}::uuid and id = ${invitationId}::uuid`,
      );
    try {
      await note((await sendOrGiveUp(context, { id, ...mail })) ? null : "refused");
    } catch (error) {
      if (isLastAttempt && error instanceof MailError) await note("unsent");
      throw error;
    }
  },
});

/** @returns null if there is nothing to send any more */
async function write(
  tx: Transaction,
  { organizationId, invitationId }: { organizationId: string; invitationId: string },
  baseUrl: string,
) {
  const organization = await tx.organization.findFirst({
    where: { id: organizationId, deletedAt: null },
    select: { name: true },
  });
  const invitation = await readInvitation(tx, { organizationId, id: invitationId });
  if (!organization || !isOpen(invitation) || invitation.email === null) return null;
  const { email: to, presentRole: role, expiresAt, inviter } = invitation;
  const known = inviter && (await readPerson(tx, inviter.id));
  const path = await createInvitationPath(tx, invitation, { isMailed: true });
  return {
    to,
    content: writeInvitation({
      to,
      inviter: nameInMail(nameInviter(invitation)),
      inviterEmail: known?.provenEmails[0] ?? null,
      organization: nameInMail(organization.name),
      role,
      expiresAt,
      url: baseUrl + path,
    }),
  };
}

/**
 * Schedules the mail of an invitation, to be sent after the commit, or ten minutes after the last mail to that address.
 *
 * @returns the delay in seconds
 */
export async function requestMail(
  tx: Transaction,
  { organizationId, id }: { organizationId: string; id: string },
): Promise<number> {
  const [row] = await tx.$queryRaw<{ wait: number; inviterId: string | null }[]>`
    select i.inviter_id as "inviterId",
           greatest(0, ${mailsOfOne.seconds}::integer - extract(epoch from now() - max(j.mail_requested_at)))::float8 as wait
      from invitations i
      -- An invitation that was closed before its mail was due delays no other mail.
      left join invitations j on j.organization_id = i.organization_id and j.email = i.email
                             and (j.status = 'pending' or j.mail_requested_at <= now())
     where i.organization_id = ${organizationId}::uuid and i.id = ${id}::uuid
     group by i.inviter_id`;
  const wait = row?.wait ?? 0;
  await tx.$executeRaw`
    update invitations set mail_requested_at = now() + make_interval(secs => ${wait}), mail_sent_at = null,
           mail_fault = null
     where organization_id = ${organizationId}::uuid and id = ${id}::uuid`;
  // All mails of an inviter have one share, so that the mails of others do not wait for them.
  const share = `mail:${row?.inviterId}`;
  const options = { key: `invitation.mail:${id}`, delay: wait, share };
  await invitationMail.enqueue(tx, { organizationId, invitationId: id }, options);
  return wait;
}
