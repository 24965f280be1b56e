import type { Transaction } from "../database/database.ts";
import type { InvitationKind, InvitationStatus } from "../database/generated/client.ts";
import { createRandomToken, hashToken } from "../http/token.ts";
import { hasPermission, isAbove, type Role } from "../memberships/roles.ts";

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
  email: string | null;
  handle: string | null;
  maxUses: number | null;
  uses: number;
  allowedDomains: string[];
  expiresAt: Date;
  inviter: { id: string; name: string | null } | null;
  accepterId: string | null;
  mailSentAt: Date | null;
  createdAt: Date;
};

type Row = Omit<Invitation, "presentRole" | "inviter"> & {
  inviterId: string | null;
  inviterName: string | null;
  inviterRole: Role | null;
};

/**
 * Reads one invitation, and keeps it as it is until the end of the transaction; call it inside its organization's
 * scope.
 */
export async function readInvitation(tx: Transaction, id: string): Promise<Invitation | null> {
  const [row] = await tx.$queryRaw<Row[]>`
    select i.organization_id as "organizationId", i.id, i.kind,
           case when i.status = 'pending' and i.expires_at <= now() then 'expired' else i.status end as status,
           i.role, i.email, i.handle, i.max_uses as "maxUses", i.uses,
           i.allowed_domains as "allowedDomains", i.expires_at as "expiresAt",
           i.accepter_id as "accepterId", i.mail_sent_at as "mailSentAt", i.created_at as "createdAt",
           u.id as "inviterId", coalesce(u.name, u.username) as "inviterName", m.role as "inviterRole"
      from invitations i
      left join users u on u.id = i.inviter_id and u.deleted_at is null
      left join memberships m on m.organization_id = i.organization_id and m.user_id = i.inviter_id
                             and m.suspended_at is null
     where i.id = ${id}::uuid
       and i.organization_id = (select current_organization_id())
       for update of i`;
  return row ? describeInvitation(row) : null;
}

function describeInvitation({ inviterId, inviterName, inviterRole, ...row }: Row): Invitation {
  return {
    ...row,
    presentRole: capRole(row.role, inviterRole),
    inviter: inviterId === null ? null : { id: inviterId, name: inviterName },
  };
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

/**
 * Makes one more token for an invitation: the older ones go on to open it. Call it inside the organization's scope.
 *
 * @returns the token itself, which is nowhere else: show it, or send it, now
 */
export async function createToken(
  tx: Transaction,
  { organizationId, id }: { organizationId: string; id: string },
): Promise<string> {
  const token = createRandomToken();
  await tx.invitationToken.create({
    data: { organizationId, invitationId: id, tokenHash: hashToken(token) },
    select: { organizationId: true },
  });
  return token;
}

/** The address that opens an invitation, as a path. */
export function invitationPath(token: string): string {
  return `/invitations/${token}`;
}
