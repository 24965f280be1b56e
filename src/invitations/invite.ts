import { v7 as createId } from "uuid";

import type { AuditEntry } from "../tenancy/audit-event.ts";
import type { TenantDatabase, Transaction } from "../database/database.ts";
import { countUse, countUses } from "../limits/limit-counters.ts";
import { nameMailbox } from "../http/email-field.ts";
import { httpError } from "../http/errors.ts";
import { tooMany } from "../http/limit.ts";
import { changeMembershipAs, type ChangingMember } from "../tenancy/change-as.ts";
import { membershipError } from "../tenancy/errors.ts";
import { findMembersByAddress } from "./find-by-address.ts";
import { type Role, rolesToGive } from "../access/roles.ts";
import {
  createPath,
  invitationError,
  type InvitationKey,
  nameRecipient,
  readInvitation,
} from "./invitation.ts";
import {
  invitations,
  invitationsAtOnce,
  invitationsOfNewAccount,
  links,
  liveLinks,
  mailsOfOne,
  mailsToOneAddress,
  resends,
} from "./limits.ts";
import { requestMail } from "./mail.ts";
import type { Recipient } from "./schema.ts";

/** Days that one lasts that is sent again. */
const renewal = 7;

/** What came of one of those who were to be invited; the path opens the invitation, and is nowhere else. */
export type Invited =
  /** Not mailed: to a name at Hugging Face, or to an address that has had too many of them. */
  | { outcome: "invited"; path: string; isMailed: boolean }
  | { outcome: "already_member" | "already_invited" };

type Terms = { role: Role; days: number };
type LinkWish = { kind: "link"; maxUses: number | null; domains: readonly string[] };

/**
 * Invites people, each by an invitation of their own, which one account can accept: whose verified address or whose
 * Hugging Face name it is. One that is still open is not sent twice; one that has expired is replaced.
 *
 * @returns what came of each, in their order
 * @throws member.role_above_own, request.too_many; what `changeAs` throws
 */
export function invite(
  database: TenantDatabase,
  actor: ChangingMember,
  { recipients, ...terms }: Terms & { recipients: readonly Recipient[] },
): Promise<Invited[]> {
  return changeMembershipAs(database, actor, "invitation:create", async (tx, role) => {
    requireRole(role, terms.role);
    await requireLeisure(tx, actor, recipients.length);
    const addresses = recipients.map(({ address }) => address);
    const members = await findMembersByAddress(tx, actor.organization, addresses);
    const events: AuditEntry[] = [];
    const ids = new Map<string, string>();
    for (const { kind, address } of recipients) {
      const wish = { ...terms, kind, address };
      const id = members.has(address) ? null : await insert(tx, actor, wish);
      if (id === null) continue;
      ids.set(address, id);
      events.push(describe("created", id, address, { kind, role: terms.role }));
    }
    await countInvitations(tx, actor, ids.size);
    const mailed = await countMails(tx, [...ids.keys()]);
    const value: Invited[] = [];
    for (const { address } of recipients) {
      const id = ids.get(address);
      // Somebody may stand on the list twice.
      ids.delete(address);
      if (id === undefined) {
        value.push({ outcome: members.has(address) ? "already_member" : "already_invited" });
        continue;
      }
      const key = { organizationId: actor.organization.id, id };
      const isMailed = mailed.has(address);
      if (isMailed) await requestMail(tx, key);
      value.push({ outcome: "invited", path: await createPath(tx, key), isMailed });
    }
    return { value, event: events };
  });
}

/**
 * Makes a link that whoever has it can join by.
 *
 * @param link.maxUses null: any number of times
 * @param link.domains only for people with a verified address there; empty: for anybody
 * @returns its path, which is nowhere else
 * @throws as {@link invite}
 */
export function createLink(
  database: TenantDatabase,
  actor: ChangingMember,
  link: Terms & Omit<LinkWish, "kind">,
): Promise<string> {
  return changeMembershipAs(database, actor, "invitation:create", async (tx, role) => {
    requireRole(role, link.role);
    await requireLeisure(tx, actor, 1);
    const id = await insert(tx, actor, { ...link, kind: "link" });
    if (id === null) throw new Error("Two invitations have one id.");
    await countUse(tx, links, { subject: actor.user.id });
    const event = describe("created", id, "a link", { kind: "link", role: link.role });
    const path = await createPath(tx, { organizationId: actor.organization.id, id });
    return { value: path, event };
  });
}

/**
 * Sends an open invitation once more, or makes another link to it: by somebody who answers for it from now on, and
 * for a week at least. It counts as given anew for the one person it is for; a link is for nobody in particular.
 *
 * @param options.requireProof asked for what making an invitation of that role would need
 * @returns the path of the new link, which is nowhere else; null where it is in the mail, and no mail was given up before
 * @throws request.not_found, invitation.closed, invitation.too_many_links, request.too_many, member.role_above_own; what
 *   `requireProof` and `changeAs` throw
 */
export function resendInvitation(
  database: TenantDatabase,
  actor: ChangingMember,
  { id }: { id: string },
  { requireProof }: { requireProof(role: Role): void },
): Promise<string | null> {
  return changeMembershipAs(database, actor, "invitation:create", async (tx, role) => {
    const invitation = await requireInvitation(tx, actor, id);
    requireRole(role, invitation.role);
    requireProof(invitation.role);
    const renewed = await tx.$executeRaw`
      update invitations
         set inviter_id = ${actor.user.id}::uuid,
             expires_at = greatest(expires_at, now() + make_interval(days => ${renewal}::integer)),
             granted_at = case when kind = 'link' then granted_at else clock_timestamp() end
       where organization_id = ${invitation.organizationId}::uuid and id = ${id}::uuid and status = 'pending'`;
    if (renewed === 0) throw invitationError("invitation.closed");
    await requireFewTokens(tx, invitation);
    await countUse(tx, resends, { subject: id });
    await countInvitations(tx, actor, 1);
    const event = describe("sent_again", id, nameRecipient(invitation) ?? "a link");
    if (invitation.email === null) return { value: await createPath(tx, invitation), event };
    await countUse(tx, mailsToOneAddress, { subject: nameMailbox(invitation.email) });
    const wait = await requestMail(tx, invitation);
    // It may fail again.
    if (invitation.mailFault !== null) return { value: await createPath(tx, invitation), event };
    if (wait > 0) throw tooMany(mailsOfOne, wait);
    return { value: null, event };
  });
}

/** Withdraws an open invitation, or turns a link off. @throws request.not_found, invitation.closed; what `changeAs` throws */
export function revokeInvitation(
  database: TenantDatabase,
  actor: ChangingMember,
  { id }: { id: string },
): Promise<void> {
  return changeMembershipAs(database, actor, "invitation:revoke", async (tx) => {
    const invitation = await requireInvitation(tx, actor, id);
    const revoked = await tx.$executeRaw`
      update invitations set status = 'revoked', closed_at = now()
       where organization_id = ${invitation.organizationId}::uuid and id = ${id}::uuid and status = 'pending'`;
    if (revoked === 0) throw invitationError("invitation.closed");
    const event = describe("revoked", id, nameRecipient(invitation) ?? "a link");
    return { value: undefined, event };
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

async function requireLeisure(tx: Transaction, { organization }: ChangingMember, count: number) {
  const [row] = await tx.$queryRaw<{ recent: number }[]>`
    select count(*)::integer as recent from invitations
     where organization_id = ${organization.id}::uuid and created_at > now() - interval '1 minute'`;
  if ((row?.recent ?? 0) + count > invitationsAtOnce.attempts) throw tooMany(invitationsAtOnce, 60);
}

/** Of one person, in whichever organization. @throws request.too_many */
async function countInvitations(
  tx: Transaction,
  { user: { id } }: ChangingMember,
  points: number,
): Promise<void> {
  if (points === 0) return;
  const [row] = await tx.$queryRaw<{ isNew: boolean }[]>`
    select created_at > now() - interval '1 day' as "isNew" from users where id = ${id}::uuid`;
  const limit = row?.isNew === false ? invitations : invitationsOfNewAccount;
  await countUse(tx, limit, { subject: id, points });
}

/** @returns the addresses that may be mailed; a name at Hugging Face (`@ada`) is none */
async function countMails(
  tx: Transaction,
  recipients: readonly string[],
): Promise<ReadonlySet<string>> {
  const addresses = recipients.filter((recipient) => !recipient.startsWith("@"));
  const ofMailbox = Map.groupBy(addresses, nameMailbox);
  const uses = [...ofMailbox].map(([subject, { length: points }]) => ({ subject, points }));
  const counted = await countUses(tx, mailsToOneAddress, uses);
  return new Set([...counted].flatMap((mailbox) => ofMailbox.get(mailbox) ?? []));
}

async function requireFewTokens(tx: Transaction, { organizationId, id }: InvitationKey) {
  const tokens = await tx.invitationToken.count({ where: { organizationId, invitationId: id } });
  if (tokens >= liveLinks.most) throw invitationError("invitation.too_many_links");
}

/** @returns its id; null where one for the same person is open */
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

function describe(
  what: "created" | "sent_again" | "revoked",
  id: string,
  name: string,
  details: Readonly<Record<string, string>> = {},
): AuditEntry {
  const target = { type: "invitation", id };
  return { action: `invitation.${what}`, target, details: { name, ...details } };
}
