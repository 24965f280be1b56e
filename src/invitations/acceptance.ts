import { admit, evaluateGrant, readHistory } from "../tenancy/admission.ts";
import type { OrganizationWithRole } from "../access/membership.ts";
import { tintOf } from "../access/organization-tints.ts";
import { isAbove, type Role } from "../access/roles.ts";
import type { TenantDatabase, Transaction } from "../database/database.ts";
import { type Person, readPerson } from "../identity/person.ts";
import { requestToJoin } from "../join-requests/join-request.ts";
import { type Change, changeAsGuest, type Guest, unchanged } from "../tenancy/change-as.ts";
import { invitationError } from "./errors.ts";
import {
  type Invitation,
  type InvitationKey,
  isOpen,
  nameRecipient,
  type OpenInvitation,
  readInvitation,
} from "./invitation.ts";

/** Whether a person can accept: `eligible`, or the end of the code of the error that says why not. */
export type Eligibility = "eligible" | "other_account" | "unverified" | "other_domain" | "outdated";

/** An invitation as one person finds it. */
export type ReceivedInvitation = {
  organization: Omit<OrganizationWithRole, "role">;
  /** Null if the person is a member already, and the invitation gives them nothing more. */
  invitation: OpenInvitation | null;
  /** Null if nobody is signed in. */
  eligibility: Eligibility | null;
  /** The role of a member, suspended or not. */
  ownRole: Role | null;
  /** Whether a request to join of the person is pending. */
  hasAsked: boolean;
};

/**
 * Reads an invitation as one person finds it; call it inside the scope of the organization.
 *
 * @throws invitation.gone, invitation.void
 */
export async function readReceivedInvitation(
  tx: Transaction,
  key: InvitationKey,
  user: { id: string } | null,
): Promise<ReceivedInvitation> {
  const { organizationId } = key;
  const host = await tx.organization.findFirst({
    where: { id: organizationId, deletedAt: null },
    select: { name: true, slug: true, picturePath: true },
  });
  if (!host) throw invitationError("invitation.void");
  const { picturePath: picture, ...named } = host;
  const organization = { ...named, picture, tint: tintOf(organizationId) };
  const invitation = await readInvitation(tx, key);
  const own = user && (await readOwnState(tx, { organizationId, userId: user.id }));
  const ownRole = own?.role ?? null;
  const eligibility = own?.person && invitation ? await judge(tx, invitation, own.person) : null;
  const found = { organization, eligibility, ownRole, hasAsked: own?.hasAsked ?? false };

  const givesNothing =
    !isOpen(invitation) ||
    eligibility === "outdated" ||
    (eligibility === "eligible" && ownRole !== null && !isAbove(invitation.presentRole, ownRole));
  if (ownRole && givesNothing) return { ...found, invitation: null };
  if (isOpen(invitation)) return { ...found, invitation };
  const isVoid = invitation?.status === "pending";
  throw invitationError(isVoid ? "invitation.void" : "invitation.gone");
}

async function readOwnState(tx: Transaction, key: { organizationId: string; userId: string }) {
  const membership = await tx.membership.findUnique({
    where: { organizationId_userId: key },
    select: { role: true },
  });
  const request = await tx.joinRequest.findFirst({
    where: { ...key, status: "pending" },
    select: { id: true },
  });
  const person = await readPerson(tx, key.userId);
  return { person, role: membership?.role ?? null, hasAsked: request !== null };
}

/** Does not look at a suspension: `admit` refuses a suspended member, with an error that says so. */
async function judge(
  tx: Transaction,
  invitation: Invitation,
  person: Person,
): Promise<Eligibility> {
  const eligibility = matchRecipient(invitation, person);
  if (eligibility !== "eligible") return eligibility;
  const { organizationId, grantedAt } = invitation;
  const standing = await readHistory(tx, { organizationId, userId: person.id });
  const isVoid = evaluateGrant({ kind: "invitation", grantedAt }, standing) === "void";
  return isVoid ? "outdated" : "eligible";
}

/** An address counts if its source vouches for it, a Hugging Face name if that account is linked. */
function matchRecipient(invitation: Invitation, person: Person): Eligibility {
  const { email, handle, allowedDomains } = invitation;
  if (handle !== null) {
    return person.huggingFace?.handle?.toLowerCase() === handle ? "eligible" : "other_account";
  }
  if (email === null && allowedDomains.length === 0) return "eligible";
  const matches = (address: string) =>
    email === null
      ? allowedDomains.includes(address.slice(address.lastIndexOf("@") + 1))
      : address === email;
  if (person.provenEmails.some(matches)) return "eligible";
  if (person.unprovenEmails.some(matches)) return "unverified";
  return email === null ? "other_domain" : "other_account";
}

/**
 * Accepts an invitation. It has an effect once for each person; accepting again changes nothing.
 *
 * @returns the slug of the organization
 * @throws invitation.gone, invitation.void, invitation.other_account, invitation.unverified,
 *   invitation.other_domain, invitation.outdated; what `admit` and `changeAsGuest` throw. The invitation then stays open.
 */
export function acceptInvitation(
  database: TenantDatabase,
  guest: Guest,
  id: string,
): Promise<string> {
  return answerInvitation(database, guest, id, async (tx, received) => {
    const { organization, invitation } = received;
    const value = organization.slug;
    if (!invitation) return { value, event: null };
    requireEligible(received);
    const { organizationId, kind, presentRole: role, grantedAt } = invitation;
    const grant = { kind: "invitation", grantedAt } as const;
    const recipient = nameRecipient(invitation);
    const details = { via: kind, ...(recipient !== null && { invited: recipient }) };
    const userId = guest.user.id;
    const tell = invitation.inviter?.id ?? null;
    const event = await admit(tx, { organizationId, userId, role, grant, details, tell });
    await markUsed(tx, invitation, userId);
    return { value, event };
  });
}

/**
 * Declines an invitation to the person; a link has no recipient, so nothing happens.
 *
 * @returns the name of the organization
 * @throws as {@link acceptInvitation}
 */
export function declineInvitation(
  database: TenantDatabase,
  guest: Guest,
  id: string,
): Promise<string> {
  return answerInvitation(database, guest, id, async (tx, received) => {
    const { invitation } = received;
    const value = received.organization.name;
    if (!invitation || invitation.kind === "link") return { value, event: null };
    requireEligible(received);
    await tx.$executeRaw`
      update invitations set status = 'declined', closed_at = now(), accepter_id = ${guest.user.id}::uuid
       where organization_id = ${invitation.organizationId}::uuid and id = ${id}::uuid`;
    const target = { type: "invitation", id };
    const details = { name: nameRecipient(invitation) ?? "" };
    return { value, event: { action: "invitation.declined", target, details } };
  });
}

/** Asks the admins to accept the person's account in place of the invited one. @throws invitation.gone, invitation.void */
export function askForOtherAccount(
  database: TenantDatabase,
  guest: Guest,
  id: string,
): Promise<void> {
  return answerInvitation(database, guest, id, async (tx, { invitation, ownRole }) => {
    if (!invitation || invitation.kind === "link" || ownRole) return unchanged;
    const { organizationId, presentRole } = invitation;
    const role = withoutOwner(presentRole);
    const request = { organizationId, userId: guest.user.id, role, origin, originId: id };
    return { value: undefined, event: await requestToJoin(tx, request) };
  });
}

/** The name of `invitationOrigin`. */
export const origin = "invitation";

/** An owner chose which account becomes an owner; another account becomes an admin at most. */
export const withoutOwner = (role: Role): Role => (role === "owner" ? "admin" : role);

/** Locks the organization, reads the invitation again, and records the answer. */
function answerInvitation<T>(
  database: TenantDatabase,
  guest: Guest,
  id: string,
  work: (tx: Transaction, received: ReceivedInvitation) => Promise<Change<T>>,
): Promise<T> {
  const key = { organizationId: guest.organization.id, id };
  return changeAsGuest(database, guest, async (tx) =>
    work(tx, await readReceivedInvitation(tx, key, guest.user)),
  );
}

function requireEligible({ eligibility }: ReceivedInvitation): void {
  if (eligibility !== "eligible") throw invitationError(`invitation.${eligibility ?? "gone"}`);
}

/** Counts one use of a link; closes any other invitation, with the Hugging Face subject, since a name there can change hands. */
export async function markUsed(
  tx: Transaction,
  { organizationId, id, kind }: Invitation,
  userId: string,
): Promise<void> {
  if (kind === "link") {
    await tx.$executeRaw`
      update invitations
         set uses = uses + 1, last_used_at = now(),
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
