import { v7 as createId } from "uuid";

import { type Role, rolesToGive } from "../access/roles.ts";
import type { TenantDatabase, Transaction } from "../database/database.ts";
import { nameMailbox } from "../http/email-field.ts";
import { httpError } from "../http/errors.ts";
import { tooMany } from "../http/limit.ts";
import { countUse } from "../limits/limit-counters.ts";
import type { AuditEntry } from "../tenancy/audit-event.ts";
import { changeMembershipAs, type ChangingMember } from "../tenancy/change-as.ts";
import { membershipError } from "../tenancy/errors.ts";
import { invitationError } from "./errors.ts";
import { createInvitationPath, nameRecipient, readInvitation } from "./invitation.ts";
import { links, mailsOfOne, mailsToOneAddress, resends } from "./limits.ts";
import { requestMail } from "./mail.ts";
import { countInvitations, countMails, requireFewLinks, requireInviteQuota } from "./quota.ts";
import type { Recipient } from "./schema.ts";

/** How long an invitation lasts at least after it was sent again. */
const renewalDays = 7;

/** The result for one recipient. The path opens the invitation and is stored nowhere. */
export type Invited =
  /** We mail neither Hugging Face names nor addresses that reached their limit of mails. */
  | { outcome: "invited"; path: string; isMailed: boolean }
  | { outcome: "already_member" | "already_invited" };

type Terms = { role: Role; days: number };
type LinkWish = { kind: "link"; maxUses: number | null; domains: readonly string[] };

/**
 * Makes an invitation for each recipient. Only the account with that verified address or Hugging Face name can accept it.
 * A recipient with an open invitation gets no second one; an expired one is replaced.
 *
 * @param wish.recipients each of them once
 * @returns the result for each recipient, in their order
 * @throws member.role_above_own, request.too_many; what `changeAs` throws
 */
export function invite(
  database: TenantDatabase,
  actor: ChangingMember,
  wish: Terms & { recipients: readonly Recipient[] },
): Promise<Invited[]> {
  const { recipients, ...terms } = wish;
  return changeMembershipAs(database, actor, "invitation:create", async (tx, role) => {
    requireRole(role, terms.role);
    await requireInviteQuota(tx, actor.organization.id, recipients.length);
    const addresses = recipients.map(({ address }) => address);
    const members = await findMembersByAddress(tx, actor.organization, addresses);
    const events: AuditEntry[] = [];
    const ids = new Map<string, string>();
    for (const { kind, address } of recipients) {
      const isNew = !members.has(address);
      const id = isNew ? await insert(tx, actor, { ...terms, kind, address }) : null;
      if (id === null) continue;
      ids.set(address, id);
      events.push(auditEntry("created", id, address, { kind, role: terms.role }));
    }
    await countInvitations(tx, actor, ids.size);
    const mailed = await countMails(tx, [...ids.keys()]);
    const value: Invited[] = [];
    for (const { address } of recipients) {
      const id = ids.get(address);
      if (id === undefined) {
        value.push({ outcome: members.has(address) ? "already_member" : "already_invited" });
        continue;
      }
      const key = { organizationId: actor.organization.id, id };
      const isMailed = mailed.has(address);
      if (isMailed) await requestMail(tx, key);
      value.push({ outcome: "invited", path: await createInvitationPath(tx, key), isMailed });
    }
    return { value, event: events };
  });
}

/**
 * Finds the addresses that belong to members; call it inside its scope.
 *
 * @param addresses email addresses in the form of `normalizeEmail`, and names at Hugging Face as `@ada`
 */
export async function findMembersByAddress(
  tx: Transaction,
  organization: { id: string },
  addresses: readonly string[],
): Promise<Set<string>> {
  const handles = addresses.map((address) => address.replace(/^@/, ""));
  const rows = await tx.$queryRaw<{ address: string }[]>`
    with known (user_id, address) as (
      select id, proven_email from users where proven_email = any (${addresses}::text[])
      union all
      select user_id, proven_email from identities where proven_email = any (${addresses}::text[])
      union all
      select user_id, '@' || lower(handle collate "C") from identities
       where provider = 'huggingface' and lower(handle collate "C") = any (${handles}::text[]))
    select distinct k.address from known k
      join memberships m on m.user_id = k.user_id and m.organization_id = ${organization.id}::uuid
     where k.address = any (${addresses}::text[])`;
  return new Set(rows.map(({ address }) => address));
}

/**
 * Makes a link by which everybody who has it can join.
 *
 * @param link.maxUses null if there is no maximum
 * @param link.domains the link is only for people with a verified address there; empty if it is for everybody
 * @returns the path of the link, which is stored nowhere
 * @throws as {@link invite}
 */
export function createLink(
  database: TenantDatabase,
  actor: ChangingMember,
  link: Terms & Omit<LinkWish, "kind">,
): Promise<string> {
  return changeMembershipAs(database, actor, "invitation:create", async (tx, role) => {
    requireRole(role, link.role);
    await requireInviteQuota(tx, actor.organization.id, 1);
    const id = await insert(tx, actor, { ...link, kind: "link" });
    if (id === null) throw new Error("Two invitations have one id.");
    await countUse(tx, links, { subject: actor.user.id });
    const event = auditEntry("created", id, "a link", { kind: "link", role: link.role });
    const path = await createInvitationPath(tx, { organizationId: actor.organization.id, id });
    return { value: path, event };
  });
}

/**
 * Sends an open invitation again, or makes another link to it. The actor becomes its inviter, and it lasts another week at
 * least. For its recipient it counts as a new invitation; a link has no recipient.
 *
 * @param options.requireProof requires the proof that making an invitation of that role requires
 * @returns the recipient, null for a link; and the path of the new link, which is stored nowhere: null if only the mail has
 *   it, as no earlier mail failed
 * @throws request.not_found, invitation.closed, invitation.too_many_links, request.too_many, member.role_above_own; what
 *   `requireProof` and `changeAs` throw
 */
export function resendInvitation(
  database: TenantDatabase,
  actor: ChangingMember,
  { id }: { id: string },
  { requireProof }: { requireProof(role: Role): void },
): Promise<{ recipient: string | null; path: string | null }> {
  return changeMembershipAs(database, actor, "invitation:create", async (tx, role) => {
    const invitation = await requireInvitation(tx, actor, id);
    requireRole(role, invitation.role);
    requireProof(invitation.role);
    const renewed = await tx.$executeRaw`
      update invitations
         set inviter_id = ${actor.user.id}::uuid,
             expires_at = greatest(expires_at, now() + make_interval(days => ${renewalDays}::integer)),
             granted_at = case when kind = 'link' then granted_at else clock_timestamp() end
       where organization_id = ${invitation.organizationId}::uuid and id = ${id}::uuid and status = 'pending'`;
    if (renewed === 0) throw invitationError("invitation.closed");
    await requireFewLinks(tx, invitation);
    await countUse(tx, resends, { subject: id });
    await countInvitations(tx, actor, 1);
    const recipient = nameRecipient(invitation);
    const event = auditEntry("sent_again", id, recipient ?? "a link");
    // This mail may fail like the one before.
    const needsLink = invitation.email === null || invitation.mailFault !== null;
    if (invitation.email !== null) {
      await countUse(tx, mailsToOneAddress, { subject: nameMailbox(invitation.email) });
      const wait = await requestMail(tx, invitation);
      if (wait > 0 && !needsLink) throw tooMany(mailsOfOne, wait);
    }
    const path = needsLink ? await createInvitationPath(tx, invitation) : null;
    return { value: { recipient, path }, event };
  });
}

/**
 * Withdraws an open invitation, or turns off a link.
 *
 * @returns the recipient; null for a link
 * @throws request.not_found, invitation.closed; what `changeAs` throws
 */
export function revokeInvitation(
  database: TenantDatabase,
  actor: ChangingMember,
  { id }: { id: string },
): Promise<string | null> {
  return changeMembershipAs(database, actor, "invitation:revoke", async (tx) => {
    const invitation = await requireInvitation(tx, actor, id);
    const revoked = await tx.$executeRaw`
      update invitations set status = 'revoked', closed_at = now()
       where organization_id = ${invitation.organizationId}::uuid and id = ${id}::uuid and status = 'pending'`;
    if (revoked === 0) throw invitationError("invitation.closed");
    const recipient = nameRecipient(invitation);
    return { value: recipient, event: auditEntry("revoked", id, recipient ?? "a link") };
  });
}

function requireRole(own: Role, given: Role): void {
  if (!rolesToGive({ role: own }).includes(given)) throw membershipError("member.role_above_own");
}

async function requireInvitation(tx: Transaction, actor: ChangingMember, id: string) {
  const invitation = await readInvitation(tx, { organizationId: actor.organization.id, id });
  if (!invitation) throw httpError("request.not_found");
  return invitation;
}

/** @returns the id; null if the recipient has an open invitation */
async function insert(
  tx: Transaction,
  actor: ChangingMember,
  wish: Terms & (Recipient | LinkWish),
): Promise<string | null> {
  const organizationId = actor.organization.id;
  const email = wish.kind === "email" ? wish.address : null;
  const handle = wish.kind === "hugging_face" ? wish.address.slice(1) : null;
  const [maxUses, domains] = wish.kind === "link" ? [wish.maxUses, wish.domains] : [null, []];
  await tx.$executeRaw`
    update invitations set status = 'expired', closed_at = expires_at
     where organization_id = ${organizationId}::uuid and (email = ${email} or handle = ${handle})
       and status = 'pending' and expires_at <= now()`;
  const id = createId();
  const inserted = await tx.$executeRaw`
    insert into invitations
      (organization_id, id, kind, role, email, handle, max_uses, allowed_domains, expires_at, inviter_id)
    values (${organizationId}::uuid, ${id}::uuid, ${wish.kind}::invitation_kind, ${wish.role}::role, ${email},
            ${handle}, ${maxUses}::integer, ${domains}::text[],
            now() + make_interval(days => ${wish.days}::integer), ${actor.user.id}::uuid)
    on conflict do nothing`;
  return inserted === 0 ? null : id;
}

function auditEntry(
  what: "created" | "sent_again" | "revoked",
  id: string,
  name: string,
  details: Readonly<Record<string, string>> = {},
): AuditEntry {
  const target = { type: "invitation", id };
  return { action: `invitation.${what}`, target, details: { name, ...details } };
}
