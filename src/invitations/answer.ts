import { type Person, readPerson } from "../identity/person.ts";
import type { TenantDatabase, Transaction } from "../database/database.ts";
import { requestToJoin } from "../join-requests/join-request.ts";
import type { JoinOrigin } from "../tenancy/join-origin.ts";
import type { Change } from "../tenancy/change-as.ts";
import { admit, changeAsGuest, type Guest } from "../tenancy/joining.ts";
import type { Role } from "../access/roles.ts";
import { type Invitation, invitationError, nameRecipient, readInvitation } from "./invitation.ts";
import { open, type OpenedInvitation } from "./open.ts";

/**
 * Accepts an invitation: once for each person, however often it is pressed.
 *
 * @returns the organization's address
 * @throws invitation.gone, invitation.void, invitation.other_account, invitation.unverified,
 *   invitation.other_domain, invitation.outdated; what `admit` and `changeAsGuest` throw: then it is as open as before
 */
export function acceptInvitation(
  database: TenantDatabase,
  guest: Guest,
  id: string,
): Promise<string> {
  return answer(database, guest, id, async (tx, { organization, open: invitation, verdict }) => {
    const value = organization.slug;
    if (!invitation) return { value, event: null };
    if (verdict !== "fits") throw invitationError(`invitation.${verdict ?? "gone"}`);
    const { organizationId, kind, presentRole: role, grantedAt } = invitation;
    const grant = { kind: "invitation", grantedAt } as const;
    const recipient = nameRecipient(invitation);
    const details = { via: kind, ...(recipient !== null && { invited: recipient }) };
    const userId = guest.user.id;
    const tell = invitation.inviter?.id ?? null;
    const event = await admit(tx, { organizationId, userId, role, grant, details, tell });
    await spend(tx, invitation, userId);
    return { value, event };
  });
}

/** Declines an invitation of one's own; a link asks nobody in particular, so nothing happens. @throws as accepting does */
export function declineInvitation(
  database: TenantDatabase,
  guest: Guest,
  id: string,
): Promise<void> {
  return answer(database, guest, id, async (tx, { open: invitation, verdict }) => {
    if (!invitation || invitation.kind === "link") return { value: undefined, event: null };
    if (verdict !== "fits") throw invitationError(`invitation.${verdict ?? "gone"}`);
    await tx.$executeRaw`
      update invitations set status = 'declined', closed_at = now(), accepter_id = ${guest.user.id}::uuid
       where organization_id = ${invitation.organizationId}::uuid and id = ${id}::uuid`;
    const target = { type: "invitation", id };
    const details = { name: nameRecipient(invitation) ?? "" };
    return { value: undefined, event: { action: "invitation.declined", target, details } };
  });
}

/** Asks the admins to take the account one has for the one that was invited. @throws invitation.gone, invitation.void */
export function askForOtherAccount(
  database: TenantDatabase,
  guest: Guest,
  id: string,
): Promise<void> {
  return answer(database, guest, id, async (tx, { open: invitation, ownRole }) => {
    if (!invitation || invitation.kind === "link" || ownRole)
      return { value: undefined, event: null };
    const { organizationId, presentRole } = invitation;
    const origin = { origin: invitationOrigin.name, originId: id };
    const asked = { organizationId, userId: guest.user.id, role: withoutOwner(presentRole) };
    return { value: undefined, event: await requestToJoin(tx, { ...asked, ...origin }) };
  });
}

/** Somebody who was invited under another account: letting them in spends the invitation. */
export const invitationOrigin: JoinOrigin = {
  name: "invitation",
  async describe(tx, { organizationId, originId: id }) {
    const invitation = await readInvitation(tx, { organizationId, id });
    if (invitation?.status !== "pending" || invitation.presentRole === null) return null;
    return `asks to use the invitation for ${nameRecipient(invitation) ?? "anybody"} with this account`;
  },
  async grant(tx, { organizationId, userId, originId: id }) {
    const invitation = await readInvitation(tx, { organizationId, id });
    const person = await readPerson(tx, userId);
    if (invitation?.status !== "pending" || !person || invitation.presentRole === null) return null;
    await spend(tx, invitation, userId);
    const details = { invited: nameRecipient(invitation) ?? "", account: nameAccount(person) };
    return { role: withoutOwner(invitation.presentRole), details };
  },
};

/** Nobody becomes an owner by another account than the one that an owner chose. */
const withoutOwner = (role: Role): Role => (role === "owner" ? "admin" : role);

/** Looks again, with the organization locked, and answers. */
function answer<T>(
  database: TenantDatabase,
  guest: Guest,
  id: string,
  work: (tx: Transaction, opened: OpenedInvitation) => Promise<Change<T>>,
): Promise<T> {
  const key = { organizationId: guest.organization.id, id };
  return changeAsGuest(database, guest, async (tx) => work(tx, await open(tx, key, guest.user)));
}

/** Notes who has used it, and by which account at Hugging Face: a name there may be somebody else's tomorrow. */
async function spend(
  tx: Transaction,
  { organizationId, id, kind }: Invitation,
  userId: string,
): Promise<void> {
  if (kind === "link") {
    await tx.$executeRaw`
      update invitations
         set uses = uses + 1,
             status = case when uses + 1 = max_uses then 'accepted'::invitation_status else status end,
             closed_at = case when uses + 1 = max_uses then now() end
       where organization_id = ${organizationId}::uuid and id = ${id}::uuid`;
    return;
  }
  await tx.$executeRaw`
    update invitations
       set status = 'accepted', closed_at = now(), accepter_id = ${userId}::uuid,
           subject = (select i.subject from identities i
                       where i.user_id = ${userId}::uuid and i.provider = 'huggingface' and kind = 'hugging_face')
     where organization_id = ${organizationId}::uuid and id = ${id}::uuid`;
}

/** An account, by what proves whose it is. */
function nameAccount({ name, provenEmails, huggingFace }: Person): string {
  const proofs = [
    ...provenEmails,
    huggingFace && `@${huggingFace.handle ?? huggingFace.subject} at Hugging Face`,
  ];
  return [name, ...proofs.filter(Boolean)].join(", ");
}
