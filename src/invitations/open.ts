import { type Person, readPerson } from "../identity/person.ts";
import type { TenantDatabase, Transaction } from "../database/database.ts";
import { httpError } from "../http/errors.ts";
import { hashToken } from "../http/token.ts";
import { isAbove, type Role } from "../access/roles.ts";
import { readStanding, weighWay } from "../tenancy/standing.ts";
import {
  type Invitation,
  invitationError,
  type InvitationKey,
  readInvitation,
} from "./invitation.ts";

/** Whether somebody can accept: `fits`, or why not, in the words of the errors. */
export type Verdict = "fits" | "other_account" | "unverified" | "other_domain" | "outdated";

/** What somebody finds who opens an invitation. */
export type OpenedInvitation = {
  organization: { name: string; slug: string };
  /** Null: there is nothing to accept, since they belong to the organization already. */
  open: (Invitation & { presentRole: Role }) | null;
  /** Null: nobody is signed in. */
  verdict: Verdict | null;
  /** Of a member. */
  ownRole: Role | null;
  /** They have asked to be let in, and wait for the answer. */
  hasAsked: boolean;
};

/** Finds what a token opens. @throws invitation.gone */
export async function findByToken(database: TenantDatabase, token: string): Promise<InvitationKey> {
  const tokenHash = hashToken(token);
  const found = await database.forTokenHolder(tokenHash, (tx) =>
    tx.invitationToken.findUnique({
      where: { tokenHash },
      select: { organizationId: true, invitationId: true },
    }),
  );
  if (!found) throw invitationError("invitation.gone");
  return { organizationId: found.organizationId, id: found.invitationId };
}

/**
 * Finds an invitation that is addressed to somebody: by a verified address of theirs, or their name at Hugging Face.
 *
 * @throws request.not_found
 */
export async function findOwn(
  database: TenantDatabase,
  user: { id: string },
  id: string,
): Promise<InvitationKey> {
  const [own] = await database.forUser(user.id, (tx) =>
    tx.invitation.findMany({ where: { id }, select: { organizationId: true, id: true } }),
  );
  if (!own) throw httpError("request.not_found");
  return own;
}

/** Lists those that are addressed to somebody and open, the newest twenty. */
export function listOwn(database: TenantDatabase, user: { id: string }): Promise<InvitationKey[]> {
  // Row-level security asks the same; said here as well, it can be looked up in the indexes.
  return database.forUser(
    user.id,
    (tx) => tx.$queryRaw<InvitationKey[]>`
      select organization_id as "organizationId", id from invitations
       where (email = any (array(select proven_emails(${user.id}::uuid)))
              or handle = any (array(select lower(i.handle collate "C") from identities i
                                      where i.user_id = ${user.id}::uuid and i.provider = 'huggingface')))
         and status = 'pending' and expires_at > now()
       order by id desc limit 20`,
  );
}

/** Opens an invitation, which changes nothing. @throws invitation.gone, invitation.void */
export function openInvitation(
  database: TenantDatabase,
  key: InvitationKey,
  user: { id: string } | null,
): Promise<OpenedInvitation> {
  return database.forOrganization(key.organizationId, (tx) => open(tx, key, user));
}

/** The same inside the organization's scope, where it stays so if the organization is locked. */
export async function open(
  tx: Transaction,
  key: InvitationKey,
  user: { id: string } | null,
): Promise<OpenedInvitation> {
  const { organizationId } = key;
  const organization = await tx.organization.findFirst({
    where: { id: organizationId, deletedAt: null },
    select: { name: true, slug: true },
  });
  if (!organization) throw invitationError("invitation.void");
  const userId = user?.id ?? null;
  const invitation = await readInvitation(tx, key);
  const person = userId === null ? null : await readPerson(tx, userId);
  const ownRole = userId === null ? null : await readRole(tx, { organizationId, userId });
  const verdict = invitation && person && (await judge(tx, invitation, person));
  const hasAsked = userId !== null && (await waits(tx, { organizationId, userId }));
  const found = { organization, verdict, ownRole, hasAsked };

  const presentRole = invitation?.status === "pending" ? invitation.presentRole : null;
  const givesMore = ownRole === null || (presentRole !== null && isAbove(presentRole, ownRole));
  const isOutdated = verdict === "outdated";
  if (ownRole && (isOutdated || !(presentRole && (givesMore || verdict !== "fits"))))
    return { ...found, open: null };
  if (invitation?.status !== "pending") throw invitationError("invitation.gone");
  if (presentRole === null) throw invitationError("invitation.void");
  return { ...found, open: { ...invitation, presentRole } };
}

async function readRole(
  tx: Transaction,
  key: { organizationId: string; userId: string },
): Promise<Role | null> {
  const membership = await tx.membership.findUnique({
    where: { organizationId_userId: key },
    select: { role: true },
  });
  return membership?.role ?? null;
}

async function waits(tx: Transaction, key: { organizationId: string; userId: string }) {
  const request = await tx.joinRequest.findFirst({
    where: { ...key, status: "pending" },
    select: { id: true },
  });
  return request !== null;
}

/** Whether it is for somebody, and outweighs what was decided about them; of a suspension they are told when they accept. */
async function judge(tx: Transaction, invitation: Invitation, person: Person): Promise<Verdict> {
  const verdict = match(invitation, person);
  if (verdict !== "fits") return verdict;
  const { organizationId, grantedAt } = invitation;
  const standing = await readStanding(tx, { organizationId, userId: person.id });
  return weighWay({ kind: "invitation", grantedAt }, standing) === "void" ? "outdated" : "fits";
}

/** Whom it is for: an address counts when its source vouches for it, a name at Hugging Face when it is linked. */
function match(invitation: Invitation, person: Person): Verdict {
  const { email, handle, allowedDomains } = invitation;
  if (handle !== null) {
    return person.huggingFace?.handle?.toLowerCase() === handle ? "fits" : "other_account";
  }
  if (email === null && allowedDomains.length === 0) return "fits";
  const isMeant = (address: string) =>
    email === null
      ? allowedDomains.includes(address.slice(address.lastIndexOf("@") + 1))
      : address === email;
  if (person.provenEmails.some(isMeant)) return "fits";
  if (person.unprovenEmails.some(isMeant)) return "unverified";
  return email === null ? "other_domain" : "other_account";
}
