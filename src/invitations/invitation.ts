import { hasPermission, isAbove, type Role } from "../access/roles.ts";
import type { TenantDatabase, Transaction } from "../database/database.ts";
import {
  type InvitationKind,
  type InvitationStatus,
  type MailFault,
  Prisma,
} from "../database/generated/client.ts";
import { createRandomToken, hashToken } from "../http/token.ts";
import type { Read } from "../http/route.ts";
import type { Task } from "../jobs/task.ts";
import { displayName } from "../identity/display-name.ts";
import { invitationError } from "./errors.ts";

/** An invitation as it is now, by the clock of the database. */
export type Invitation = {
  organizationId: string;
  id: string;
  kind: InvitationKind;
  /** `expired` from the moment of `expiresAt` on. */
  status: InvitationStatus;
  /** The role that the inviter chose. */
  role: Role;
  /** The role that the invitation gives now; null if its inviter may not invite any more. */
  presentRole: Role | null;
  /** Set for the kind `email`, in the form of `normalizeEmail`. */
  email: string | null;
  /** Set for the kind `hugging_face`, in lower case. */
  handle: string | null;
  /** Set for the kind `link`; null if there is no maximum. */
  maxUses: number | null;
  uses: number;
  /** Of the kind `link`: only verified addresses at these domains can use it; empty if everybody can. */
  allowedDomains: string[];
  expiresAt: Date;
  /** When the invitation was made or last sent again. A later decision about a person voids it for them. */
  grantedAt: Date;
  /** `email` only if it is verified; it is for members, and not for the recipient. */
  inviter: { id: string; name: string | null; email: string | null } | null;
  mailSentAt: Date | null;
  /** Why we stopped trying to send its mail; null if we did not stop. */
  mailFault: MailFault | null;
  /** Of the kind `email`: false if the address reached its limit of mails, so that this invitation sends none. */
  isMailed: boolean;
};

/** An invitation that a person can still accept. */
export type OpenInvitation = Invitation & { presentRole: Role };

export type InvitationRow = Omit<Invitation, "presentRole" | "inviter"> & {
  inviterId: string | null;
  inviterName: string | null;
  inviterEmail: string | null;
  inviterRole: Role | null;
};

const selection = Prisma.sql`
    select i.organization_id as "organizationId", i.id, i.kind,
           case when i.status = 'pending' and i.expires_at <= now() then 'expired' else i.status end as status,
           i.role, i.email, i.handle, i.max_uses as "maxUses", i.uses,
           i.allowed_domains as "allowedDomains", i.expires_at as "expiresAt", i.granted_at as "grantedAt",
           i.mail_sent_at as "mailSentAt", i.mail_fault as "mailFault",
           i.mail_requested_at is not null as "isMailed",
           u.id as "inviterId", coalesce(u.name, u.username) as "inviterName",
           case when u.email_verified then u.email end as "inviterEmail", m.role as "inviterRole"
      from invitations i
      left join users u on u.id = i.inviter_id and u.deleted_at is null
      left join memberships m on m.organization_id = i.organization_id and m.user_id = i.inviter_id
                             and m.suspended_at is null`;

export type InvitationKey = Pick<Invitation, "organizationId" | "id">;

/**
 * Reads one invitation; call it inside the scope of its organization. Every change of an invitation or of a membership
 * locks the organization, so inside such a transaction the invitation stays as it was read.
 */
export async function readInvitation(
  tx: Transaction,
  { organizationId, id }: InvitationKey,
): Promise<Invitation | null> {
  const [found] = await tx.$queryRaw<InvitationRow[]>`${selection}
     where i.organization_id = ${organizationId}::uuid and i.id = ${id}::uuid`;
  return found ? describe(found) : null;
}

/** Whether a person can still accept the invitation: it is pending, and its inviter may still invite. */
export function isOpen(invitation: Invitation | null): invitation is OpenInvitation {
  return invitation?.status === "pending" && invitation.presentRole !== null;
}

/** SQL: the invitations of the current organization that can still be accepted. */
export const openInvitations = (columns = "") => `
  select ${columns} from invitations
   where organization_id = current_organization_id() and status = 'pending' and expires_at > now()`;

const pageSize = 20;

/** Reads the invitations without an answer, expired ones too, the newest first, and one more if there is a next page. */
export const readInvitations = ({
  after,
}: {
  after?: string | undefined;
}): Read<InvitationRow> => ({
  name: "list-invitations",
  text: `${selection.text}
     where i.organization_id = current_organization_id() and i.status = 'pending'
       and ($1::uuid is null or i.id < $1::uuid)
     order by i.id desc limit ${pageSize + 1}`,
  values: [after],
});

/** Makes a page of the rows of `readInvitations`. @returns where the next page begins, if there is one */
export function pageOfInvitations(rows: readonly InvitationRow[]) {
  const invitations = rows.slice(0, pageSize).map(describe);
  return { invitations, next: rows.length > pageSize ? invitations.at(-1)?.id : undefined };
}

function describe({
  inviterId,
  inviterName,
  inviterEmail,
  inviterRole,
  ...row
}: InvitationRow): Invitation {
  return {
    ...row,
    presentRole: capRole(row.role, inviterRole),
    inviter: inviterId === null ? null : { id: inviterId, name: inviterName, email: inviterEmail },
  };
}

/**
 * Caps the role of an invitation at what its inviter may give now (RB14).
 *
 * @param inviterRole null if the inviter is suspended, or no member any more
 */
export function capRole(role: Role, inviterRole: Role | null): Role | null {
  if (inviterRole === null || !hasPermission(inviterRole, "invitation:create")) return null;
  return isAbove(role, inviterRole) ? inviterRole : role;
}

/** Names the recipient for people to read; null for a link, which has no recipient. */
export function nameRecipient({ email, handle }: Pick<Invitation, "email" | "handle">) {
  return email ?? (handle === null ? null : `@${handle} at Hugging Face`);
}

/** Names the inviter to people who may be strangers: a name, and no email address. */
export function nameInviter({ inviter }: Pick<Invitation, "inviter">): string {
  return inviter?.name ? displayName({ name: inviter.name }) : "An admin";
}

/** Names the inviter to the admins of the organization. */
export function nameInviterToAdmins({ name, email }: NonNullable<Invitation["inviter"]>): string {
  return displayName({ name, email, emailVerified: true });
}

/** The advice to an admin about a mail that we could not send. */
export const mailFaults: Record<MailFault, string> = {
  refused: "The mail server refused this address. Check the address, or send the link yourself.",
  unsent: "We tried to send the email for four days. Send it again, or send the link yourself.",
};

/** Describes whether it was mailed, or how often it was used. */
export function describeUse(invitation: Invitation) {
  const { kind, uses, maxUses, allowedDomains, mailSentAt, mailFault, isMailed } = invitation;
  if (kind === "hugging_face") return "Link only";
  if (kind === "email") {
    if (mailFault !== null || !isMailed) return "Not emailed";
    return mailSentAt ? "Emailed" : "Email waiting to be sent";
  }
  const times = uses === 1 && maxUses === null ? "once" : `${uses} times`;
  const used = `Used ${maxUses === null ? times : `${uses} of ${maxUses} times`}`;
  return allowedDomains.length === 0 ? used : `${used} · Only for ${allowedDomains.join(", ")}`;
}

/**
 * Makes one more token for an invitation; the earlier tokens stay valid. Call it inside the scope of the organization.
 *
 * @param options.isMailed whether the token goes into a mail to the invited address, and nowhere else
 * @returns the path that opens the invitation. The token in it is stored nowhere: show or send the path now.
 */
export async function createInvitationPath(
  tx: Transaction,
  { organizationId, id }: InvitationKey,
  { isMailed = false } = {},
): Promise<string> {
  const token = createRandomToken();
  await tx.invitationToken.create({
    data: { organizationId, invitationId: id, tokenHash: hashToken(token), isMailed },
    select: { organizationId: true },
  });
  return invitationPath(token);
}

export function invitationPath(token: string, act = ""): string {
  return `/invitations/${encodeURIComponent(token)}${act && `/${act}`}`;
}

/** Finds the invitation of a token, and whether we mailed that token. @throws invitation.gone */
export async function findByToken(
  database: TenantDatabase,
  token: string,
): Promise<InvitationKey & { isMailed: boolean }> {
  const tokenHash = hashToken(token);
  const found = await database.forTokenHolder(tokenHash, (tx) =>
    tx.invitationToken.findUnique({
      where: { tokenHash },
      select: { organizationId: true, invitationId: true, isMailed: true },
    }),
  );
  if (!found) throw invitationError("invitation.gone");
  const { organizationId, invitationId: id, isMailed } = found;
  return { organizationId, id, isMailed };
}

/**
 * Removes invitations that were closed or expired 90 days ago, in all organizations.
 *
 * @returns how many it removed; call it again until that is 0
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
