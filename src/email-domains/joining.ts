import { type Person, readPerson } from "../identity/person.ts";
import type { TenantDatabase, Transaction } from "../database/database.ts";
import type { JoinMode, Role } from "../database/generated/client.ts";
import { normalizeEmail } from "../http/email-field.ts";
import { httpError } from "../http/errors.ts";
import { requestToJoin } from "../join-requests/join-request.ts";
import type { JoinOrigin } from "../tenancy/join-origin.ts";
import { admit, changeAsGuest, type Guest } from "../tenancy/joining.ts";
import { needsApproval } from "../tenancy/admission-rule.ts";

/** By what somebody could come in: a verified domain at which they have a proven address. */
export type WayIn = { organizationId: string; domain: string; mode: JoinMode; role: Role };

/** An organization, somebody who is not known to belong to it, and a domain of its. */
type Wish = { organizationId: string; userId: string; domain: string };

/** As many organizations as somebody is offered at once: one domain may be claimed by any number of them. */
const mostWays = 20;

/** The domains of a person's proven addresses; only these very ones count, and none above or below them. */
function listDomains({ provenEmails }: Person): string[] {
  return provenEmails
    .filter((email) => normalizeEmail(email) === email)
    .map((email) => email.slice(email.lastIndexOf("@") + 1));
}

/**
 * Lists the ways in for somebody: the widest one for each organization that they neither belong to nor wait for.
 * Whether it is still there, and how it is for them, tells `findWay`.
 */
export function listWays(database: TenantDatabase, userId: string): Promise<WayIn[]> {
  return database.forUser(userId, async (tx) => {
    const person = await readPerson(tx, userId);
    const domains = person ? listDomains(person) : [];
    if (domains.length === 0) return [];
    return tx.$queryRaw<WayIn[]>`
      select distinct on (d.organization_id)
             d.organization_id as "organizationId", d.domain, d.mode, d.role
        from email_domains d
       where d.verified_at is not null and d.domain = any(${domains})
         and not exists (select from memberships m
                          where m.organization_id = d.organization_id and m.user_id = ${userId}::uuid)
         and not exists (select from join_requests r
                          where r.organization_id = d.organization_id and r.user_id = ${userId}::uuid
                            and r.status = 'pending')
       order by d.organization_id, d.mode desc, d.role, d.domain
       limit ${mostWays}`;
  });
}

/**
 * Looks a way in up, inside the organization's scope: as it is for this very person, who can only ask where they
 * belonged before.
 *
 * @returns null where the domain is not verified, or the person has no proven address there
 */
export async function findWay(
  tx: Transaction,
  { organizationId, userId, domain }: Wish,
): Promise<WayIn | null> {
  const claim = await tx.emailDomain.findUnique({
    where: { organizationId_domain: { organizationId, domain }, verifiedAt: { not: null } },
    select: { mode: true, role: true },
  });
  const person = claim && (await readPerson(tx, userId));
  if (!person || !listDomains(person).includes(domain)) return null;
  const asks = await needsApproval(tx, { organizationId, userId });
  return { organizationId, domain, role: claim.role, mode: asks ? "request" : claim.mode };
}

/**
 * Takes somebody into an organization by their address, or asks on their behalf, as its rules are now.
 *
 * @returns where they are now: the organization's address; null where they have to wait for an answer
 * @throws request.not_found; what `admit` throws
 */
export function joinByAddress(
  database: TenantDatabase,
  guest: Guest,
  { domain }: { domain: string },
): Promise<{ slug: string } | null> {
  const key = { organizationId: guest.organization.id, userId: guest.user.id };
  return changeAsGuest(database, guest, async (tx) => {
    const { slug } = await tx.organization.findUniqueOrThrow({
      where: { id: key.organizationId },
      select: { slug: true },
    });
    if (await isMember(tx, key)) return { value: { slug }, event: null };
    const way = await findWay(tx, { ...key, domain });
    if (!way) throw httpError("request.not_found");
    if (way.mode === "request") {
      const request = { ...key, role: way.role, origin: emailDomainOrigin.name, originId: domain };
      return { value: null, event: await requestToJoin(tx, request) };
    }
    return { value: { slug }, event: await enter(tx, key.userId, way) };
  });
}

/** Takes somebody in who did nothing but sign in; nothing where the rules do not say so, or not for them. */
export function joinBySigningIn(
  database: TenantDatabase,
  guest: Guest,
  { domain }: { domain: string },
): Promise<void> {
  const key = { organizationId: guest.organization.id, userId: guest.user.id };
  return changeAsGuest(database, { ...guest, user: null }, async (tx) => {
    const way = (await isMember(tx, key)) ? null : await findWay(tx, { ...key, domain });
    // They did not ask for it, so they are told.
    const tell = key.userId;
    const event = way?.mode === "automatic" ? await enter(tx, key.userId, way, tell) : null;
    return { value: undefined, event };
  });
}

/** Those who ask because of their address. */
export const emailDomainOrigin: JoinOrigin = {
  name: "email_domain",
  describe: (_tx, { originId }) => Promise.resolve(`has a verified address at ${originId}`),
  async grant(tx, { organizationId, userId, originId }) {
    const way = await findWay(tx, { organizationId, userId, domain: originId });
    return way && { role: way.role, details: { domain: originId } };
  },
};

function enter(
  tx: Transaction,
  userId: string,
  { organizationId, domain, role }: WayIn,
  tell: string | null = null,
) {
  const details = { via: emailDomainOrigin.name, domain };
  return admit(tx, { organizationId, userId, role, grant: { kind: "rule" }, details, tell });
}

/** Suspended or not: nobody's role or suspension changes by their address. */
async function isMember(
  tx: Transaction,
  key: { organizationId: string; userId: string },
): Promise<boolean> {
  const membership = await tx.membership.findUnique({
    where: { organizationId_userId: key },
    select: { userId: true },
  });
  return membership !== null;
}
