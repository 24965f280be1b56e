import type { Transaction } from "../database/database.ts";
import {
  type InvitationKind,
  type InvitationStatus,
  type MailFault,
  Prisma,
} from "../database/generated/client.ts";
import { defineErrors } from "../http/errors.ts";
import { createRandomToken, hashToken } from "../http/token.ts";
import type { Task } from "../jobs/task.ts";
import { hasPermission, isAbove, type Role } from "../access/roles.ts";

/** Why an invitation does not let somebody in, or cannot be sent. */
export const invitationError = defineErrors({
  // One answer for all that a guess could meet (IN01).
  "invitation.gone": {
    status: 410,
    title: "This invitation is not valid",
    detail:
      "It has expired, was withdrawn or has been used, or the link is not complete. Ask whoever invited you for a new one.",
  },
  "invitation.void": {
    status: 404,
    title: "This invitation is not valid any more",
    detail:
      "The organization is gone, or whoever invited you can no longer do so. Ask somebody there for a new one.",
  },
  "invitation.other_account": {
    status: 403,
    title: "This invitation is for another account",
    detail:
      "Nothing was changed, and the invitation is still open. Sign in with the account it is for.",
  },
  "invitation.unverified": {
    status: 403,
    title: "Please verify your e-mail address first",
    detail:
      "The address of your account is the right one, but nobody has verified yet that it is yours. Verify it where you sign in, then sign in again. The invitation stays open.",
  },
  "invitation.other_domain": {
    status: 403,
    title: "This link is for other addresses",
    detail:
      "It is only for people with a verified e-mail address at certain domains. Nothing was changed. Sign in with such an account, or ask for an invitation of your own.",
  },
  "invitation.outdated": {
    status: 410,
    title: "This invitation does not work for you any more",
    detail:
      "It is older than what was last decided about your place in that organization. Nothing was changed. Ask one of its admins for a new one.",
  },
  "invitation.closed": {
    status: 409,
    title: "That invitation is closed",
    detail: "It was accepted, declined or withdrawn meanwhile. Nothing was changed.",
  },
  "invitation.too_many_links": {
    status: 409,
    title: "That invitation was sent too often",
    detail:
      "There are as many links to it as there can be. Please withdraw it, and make a new one.",
  },
});

/** An invitation as it is now, by the database's clock. */
export type Invitation = {
  organizationId: string;
  id: string;
  kind: InvitationKind;
  /** `expired` as soon as it is. */
  status: InvitationStatus;
  /** The role it was made for. */
  role: Role;
  /** The role that it gives now; null: none, since nobody who may invite answers for it any more. */
  presentRole: Role | null;
  /** Of the kind `email`: in the form of `normalizeEmail`. */
  email: string | null;
  /** Of the kind `hugging_face`: in lower case. */
  handle: string | null;
  /** Of the kind `link`; null: any number of times. */
  maxUses: number | null;
  uses: number;
  /** Of the kind `link`: only for verified addresses there; empty: for anybody. */
  allowedDomains: string[];
  expiresAt: Date;
  /** When it was last given: what was decided later about somebody outweighs it. */
  grantedAt: Date;
  inviter: { id: string; name: string | null } | null;
  mailSentAt: Date | null;
  /** Why its mail was given up; null: it was not. */
  mailFault: MailFault | null;
  /** Of the kind `email`: false where its address has had too many, and gets none for this one. */
  isMailed: boolean;
};

type Row = Omit<Invitation, "presentRole" | "inviter"> & {
  inviterId: string | null;
  inviterName: string | null;
  inviterRole: Role | null;
};

/** Which invitation, of which organization. */
export type InvitationKey = { organizationId: string; id: string };

/**
 * Reads one invitation; call it inside its organization's scope. Whoever changes one, or who belongs to the
 * organization, keeps the organization locked, so that in such a transaction it stays as it is read.
 */
export async function readInvitation(
  tx: Transaction,
  { organizationId, id }: InvitationKey,
): Promise<Invitation | null> {
  const [found] = await select(tx, organizationId, Prisma.sql`i.id = ${id}::uuid`);
  return found ?? null;
}

const pageSize = 20;

/** Lists those that wait for an answer, or have expired without one, the newest first. */
export async function listInvitations(
  tx: Transaction,
  { organizationId, after }: { organizationId: string; after?: string | undefined },
) {
  const isOnPage = Prisma.sql`
    i.status = 'pending' and (${after}::uuid is null or i.id < ${after}::uuid)
     order by i.id desc limit ${pageSize + 1}`;
  const found = await select(tx, organizationId, isOnPage);
  const invitations = found.slice(0, pageSize);
  return { invitations, next: found.length > pageSize ? invitations.at(-1)?.id : undefined };
}

async function select(
  tx: Transaction,
  organizationId: string,
  condition: Prisma.Sql,
): Promise<Invitation[]> {
  const rows = await tx.$queryRaw<Row[]>`
    select i.organization_id as "organizationId", i.id, i.kind,
           case when i.status = 'pending' and i.expires_at <= now() then 'expired' else i.status end as status,
           i.role, i.email, i.handle, i.max_uses as "maxUses", i.uses,
           i.allowed_domains as "allowedDomains", i.expires_at as "expiresAt", i.granted_at as "grantedAt",
           i.mail_sent_at as "mailSentAt", i.mail_fault as "mailFault",
           i.mail_requested_at is not null as "isMailed",
           u.id as "inviterId", coalesce(u.name, u.username) as "inviterName", m.role as "inviterRole"
      from invitations i
      left join users u on u.id = i.inviter_id and u.deleted_at is null
      left join memberships m on m.organization_id = i.organization_id and m.user_id = i.inviter_id
                             and m.suspended_at is null
     where i.organization_id = ${organizationId}::uuid and ${condition}`;
  return rows.map(({ inviterId, inviterName, inviterRole, ...row }) => ({
    ...row,
    presentRole: capRole(row.role, inviterRole),
    inviter: inviterId === null ? null : { id: inviterId, name: inviterName },
  }));
}

/**
 * RB14: what somebody may still give decides, not what they might when they invited.
 *
 * @param inviterRole null: no longer a member, or suspended
 */
export function capRole(role: Role, inviterRole: Role | null): Role | null {
  if (inviterRole === null || !hasPermission(inviterRole, "invitation:create")) return null;
  return isAbove(role, inviterRole) ? inviterRole : role;
}

/** Whom it is for, as people say it; null for a link, which is for whoever has it. */
export function nameRecipient({ email, handle }: Pick<Invitation, "email" | "handle">) {
  return email ?? (handle === null ? null : `@${handle} at Hugging Face`);
}

/** What an admin can do about a mail that was given up. */
export const mailFaults: Record<MailFault, string> = {
  refused: "The mail server refused this address. Check it, or send the link yourself.",
  unsent: "The mail could not be sent for four days. Send it again, or send the link yourself.",
};

/** How far it has come. */
export function describeUse(invitation: Invitation) {
  const { kind, uses, maxUses, allowedDomains, mailSentAt, mailFault, isMailed } = invitation;
  if (kind === "hugging_face") return "by a link";
  if (kind === "email") {
    if (mailFault !== null || !isMailed) return "not mailed";
    return mailSentAt ? "mailed" : "the mail is waiting to be sent";
  }
  const used = `used ${uses}${maxUses === null ? "" : ` of ${maxUses}`} times`;
  return allowedDomains.length === 0 ? used : `${used}, only for ${allowedDomains.join(", ")}`;
}

/**
 * Makes one more token for an invitation: the older ones go on to open it. Call it inside the organization's scope.
 *
 * @param options.isMailed it goes into a mail to the invited address, and nobody else sees it
 * @returns the path that opens the invitation, with the token in it, which is nowhere else: show it, or send it, now
 */
export async function createPath(
  tx: Transaction,
  { organizationId, id }: { organizationId: string; id: string },
  { isMailed = false } = {},
): Promise<string> {
  const token = createRandomToken();
  await tx.invitationToken.create({
    data: { organizationId, invitationId: id, tokenHash: hashToken(token), isMailed },
    select: { organizationId: true },
  });
  return invitationPath(token);
}

/** Where an invitation is opened. */
export function invitationPath(token: string, act = ""): string {
  return `/invitations/${encodeURIComponent(token)}${act && `/${act}`}`;
}

/**
 * Removes those that were closed or left to expire 90 days ago, in whichever organization.
 *
 * @returns how many; call it again until there are none
 */
export async function purgeInvitations(tx: Pick<Transaction, "$queryRaw">): Promise<number> {
  const [row] = await tx.$queryRaw<{ count: number }[]>`
    select purge_invitations()::integer as count`;
  return row?.count ?? 0;
}

export const purgeClosedInvitations: Task = {
  name: "invitation.purge_closed",
  schedule: "43 * * * *",
  run: purgeInvitations,
};
