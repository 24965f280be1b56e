import { z } from "zod";

import { displayName } from "../auth/viewer.ts";
import type { Transaction } from "../database/database.ts";
import { defineJob } from "../jobs/job.ts";
import { nameInMail } from "../mail/name-in-mail.ts";
import { formatDate } from "../views/date-text.tsx";
import { nameRole } from "../views/role-badge.tsx";
import { createPath, readInvitation } from "./invitation.ts";
import { mailsOfOne } from "./limits.ts";

/** Mails an invitation, with a link of its own: if it is still open when its turn comes. */
export const invitationMail = defineJob({
  name: "invitation.mail",
  payload: z.object({ organizationId: z.uuid(), invitationId: z.uuid() }),
  async run(key, { database, mailer, baseUrl }, { id }) {
    const { organizationId, invitationId } = key;
    const letter = await database.forOrganization(organizationId, (tx) => write(tx, key));
    if (!letter) return;
    const { to, organization, role, path, lastDay } = letter;
    const inviter = nameInMail(
      displayName({ name: null, username: null, email: null, ...letter.inviter }),
    );
    const organizationName = nameInMail(organization.name);
    await mailer.send({
      to,
      id,
      content: {
        subject: `${inviter} invites you to ${organizationName}`,
        paragraphs: [
          `${inviter} invites you to join ${organizationName} as ${nameRole(role).toLowerCase()}.`,
          `The invitation is for ${to}, until ${lastDay}.`,
        ],
        action: { label: "Open the invitation", href: baseUrl + path },
        footnote:
          "You get this because somebody entered your address. If you do not know them, ignore it: nothing happens.",
      },
    });
    await database.forOrganization(
      organizationId,
      (tx) => tx.$executeRaw`
        update invitations set mail_sent_at = now()
         where organization_id = ${organizationId}::uuid and id = ${invitationId}::uuid`,
    );
  },
});

/** @returns null where there is nothing to send any more */
async function write(
  tx: Transaction,
  { organizationId, invitationId }: { organizationId: string; invitationId: string },
) {
  const organization = await tx.organization.findFirst({
    where: { id: organizationId, deletedAt: null },
    select: { name: true },
  });
  const invitation =
    organization && (await readInvitation(tx, { organizationId, id: invitationId }));
  if (!organization || invitation?.status !== "pending" || invitation.email === null) return null;
  const { email, presentRole, inviter, expiresAt } = invitation;
  if (presentRole === null) return null;
  const path = await createPath(tx, invitation);
  const lastDay = formatDate(expiresAt);
  return { to: email, organization, role: presentRole, inviter, path, lastDay };
}

/**
 * Has an invitation mailed after the commit; where its address got one just now, ten minutes after that.
 *
 * @returns how long it has to wait, in seconds
 */
export async function requestMail(
  tx: Transaction,
  { organizationId, id }: { organizationId: string; id: string },
): Promise<number> {
  const [row] = await tx.$queryRaw<{ wait: number }[]>`
    select greatest(0, ${mailsOfOne.seconds}::integer - extract(epoch from now() - max(j.mail_requested_at)))::float8 as wait
      from invitations i
      -- One that was closed before its turn came was not mailed, and keeps nobody waiting.
      left join invitations j on j.organization_id = i.organization_id and j.email = i.email
                             and (j.status = 'pending' or j.mail_requested_at <= now())
     where i.organization_id = ${organizationId}::uuid and i.id = ${id}::uuid`;
  const wait = row?.wait ?? 0;
  await tx.$executeRaw`
    update invitations set mail_requested_at = now() + make_interval(secs => ${wait}), mail_sent_at = null
     where organization_id = ${organizationId}::uuid and id = ${id}::uuid`;
  const options = { key: `invitation.mail:${id}`, delay: wait };
  await invitationMail.enqueue(tx, { organizationId, invitationId: id }, options);
  return wait;
}
