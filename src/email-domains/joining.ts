import type { Logger } from "pino";

import { admit, needsApproval, readHistory } from "../tenancy/admission.ts";
import type { BeforeFirstPage } from "../tenancy/sign-in-steps.ts";
import type { TenantDatabase, Transaction } from "../database/database.ts";
import type { EmailDomain } from "../database/generated/client.ts";
import { normalizeEmail } from "../http/email-field.ts";
import { AppError, httpError } from "../http/errors.ts";
import { type Person, readPerson } from "../identity/person.ts";
import { requestToJoin } from "../join-requests/join-request.ts";
import { changeAsGuest, type Guest, unchanged } from "../tenancy/change-as.ts";

/** A verified domain of an organization at which a person has a proven address, and what its rules give them. */
export type DomainMatch = Pick<EmailDomain, "organizationId" | "domain" | "mode" | "role">;

/** The name of `emailDomainOrigin`. */
export const origin = "email_domain";

/** How many organizations a person is offered at once. Any number of them can claim the same domain. */
const mostMatches = 20;

/** The domains of a person's proven addresses. A subdomain or a parent domain does not count. */
function listDomains({ provenEmails }: Person): string[] {
  return provenEmails
    .filter((email) => normalizeEmail(email) === email)
    .map((email) => email.slice(email.lastIndexOf("@") + 1));
}

/**
 * Lists the best match in each organization that the person neither belongs to nor asked to join. `findMatch` tells
 * whether the match still exists, and what it gives this person.
 */
export function listMatches(database: TenantDatabase, userId: string): Promise<DomainMatch[]> {
  return database.forUser(userId, async (tx) => {
    const person = await readPerson(tx, userId);
    const domains = person ? listDomains(person) : [];
    if (domains.length === 0) return [];
    return tx.$queryRaw<DomainMatch[]>`
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
       limit ${mostMatches}`;
  });
}

/**
 * Finds a match inside the scope of the organization, as it is for this person: a former member can only ask.
 *
 * @returns null if the domain is not verified, or the person has no proven address there
 */
export async function findMatch(
  tx: Transaction,
  { organizationId, userId, domain }: { organizationId: string; userId: string; domain: string },
): Promise<DomainMatch | null> {
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
 * Makes a person a member by their address, or makes their request to join, by the rules as they are now. A member,
 * suspended or not, stays as they are.
 *
 * @returns the slug of the organization; null if the person has to wait for an answer
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
    if ((await readHistory(tx, key)).isMember) return { value: { slug }, event: null };
    const match = await findMatch(tx, { ...key, domain });
    if (!match) throw httpError("request.not_found");
    if (match.mode === "request") {
      const request = { ...key, role: match.role, origin, originId: domain };
      return { value: null, event: await requestToJoin(tx, request) };
    }
    return { value: { slug }, event: await admitByMatch(tx, key.userId, match, null) };
  });
}

/** Makes a person a member who only signed in, if the rules say so for them. */
export function joinBySigningIn(
  database: TenantDatabase,
  guest: Guest,
  { domain }: { domain: string },
): Promise<void> {
  const key = { organizationId: guest.organization.id, userId: guest.user.id };
  return changeAsGuest(database, { ...guest, user: null }, async (tx) => {
    const { isMember } = await readHistory(tx, key);
    const match = isMember ? null : await findMatch(tx, { ...key, domain });
    if (match?.mode !== "automatic") return unchanged;
    // They did not ask to join, so they get a mail.
    return { value: undefined, event: await admitByMatch(tx, key.userId, match, key.userId) };
  });
}

/**
 * After a sign-in, makes the person a member of each organization whose rules say so. Where that fails, because no seat is
 * left for example, the next sign-in tries again.
 */
export function joinAfterSignIn({
  database,
  logger,
}: {
  database: TenantDatabase;
  logger: Pick<Logger, "info" | "warn">;
}): BeforeFirstPage {
  return async (user, request) => {
    const matches = await listMatches(database, user.id);
    for (const { organizationId, domain } of matches.filter(({ mode }) => mode === "automatic")) {
      const guest = { user, organization: { id: organizationId }, request };
      await joinBySigningIn(database, guest, { domain }).catch((error: unknown) => {
        const message = "a user could not join an organization by signing in";
        if (!(error instanceof AppError))
          return logger.warn({ err: error, organizationId }, message);
        // Expected: no seat is left, or the organization is deleted.
        logger.info({ code: error.code, organizationId }, message);
      });
    }
  };
}

/** Notes that a domain has made someone a member; call it in that transaction. */
export async function markUsed(
  tx: Transaction,
  { organizationId, domain }: { organizationId: string; domain: string },
): Promise<void> {
  await tx.$executeRaw`
    update email_domains set last_used_at = now()
     where organization_id = ${organizationId}::uuid and domain = ${domain}`;
}

async function admitByMatch(
  tx: Transaction,
  userId: string,
  { organizationId, domain, role }: DomainMatch,
  tell: string | null,
) {
  const details = { via: origin, domain };
  await markUsed(tx, { organizationId, domain });
  return admit(tx, { organizationId, userId, role, grant: { kind: "rule" }, details, tell });
}
