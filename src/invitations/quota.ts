import type { Transaction } from "../database/database.ts";
import { nameMailbox } from "../http/email-field.ts";
import { tooMany } from "../http/limit.ts";
import { countUse, countUses } from "../limits/limit-counters.ts";
import { invitationError } from "./errors.ts";
import type { InvitationKey } from "./invitation.ts";
import {
  invitations,
  invitationsAtOnce,
  invitationsOfNewAccount,
  liveLinks,
  mailsToOneAddress,
} from "./limits.ts";

/** Requires that an organization may make more invitations in this minute. @throws request.too_many */
export async function requireInviteQuota(tx: Transaction, organizationId: string, count: number) {
  const [row] = await tx.$queryRaw<{ recent: number }[]>`
    select count(*)::integer as recent from invitations
     where organization_id = ${organizationId}::uuid and created_at > now() - interval '1 minute'`;
  if ((row?.recent ?? 0) + count > invitationsAtOnce.attempts) throw tooMany(invitationsAtOnce, 60);
}

/** Counts the invitations of one person in all organizations. @throws request.too_many */
export async function countInvitations(
  tx: Transaction,
  { user: { id } }: { user: { id: string } },
  points: number,
): Promise<void> {
  if (points === 0) return;
  const [row] = await tx.$queryRaw<{ isNew: boolean }[]>`
    select created_at > now() - interval '1 day' as "isNew" from users where id = ${id}::uuid`;
  const limit = row?.isNew === false ? invitations : invitationsOfNewAccount;
  await countUse(tx, limit, { subject: id, points });
}

/**
 * Counts the mails to each recipient.
 *
 * @param recipients addresses, and Hugging Face names (`@ada`), which get no mail
 * @returns the addresses that we may mail
 */
export async function countMails(
  tx: Transaction,
  recipients: readonly string[],
): Promise<ReadonlySet<string>> {
  const addresses = recipients.filter((recipient) => !recipient.startsWith("@"));
  const ofMailbox = Map.groupBy(addresses, nameMailbox);
  const uses = [...ofMailbox].map(([subject, { length: points }]) => ({ subject, points }));
  const counted = await countUses(tx, mailsToOneAddress, uses);
  return new Set([...counted].flatMap((mailbox) => ofMailbox.get(mailbox) ?? []));
}

/** Requires that an invitation may have one more link. @throws invitation.too_many_links */
export async function requireFewLinks(tx: Transaction, { organizationId, id }: InvitationKey) {
  const links = await tx.invitationToken.count({ where: { organizationId, invitationId: id } });
  if (links >= liveLinks.most) throw invitationError("invitation.too_many_links");
}
