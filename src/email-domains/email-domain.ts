import type { TenantDatabase, Transaction } from "../database/database.ts";
import type { EmailDomain as Row } from "../database/generated/client.ts";
import { httpError } from "../http/errors.ts";
import type { Read } from "../http/route.ts";
import { createRandomToken } from "../http/token.ts";
import type { AuditEntry } from "../tenancy/audit-event.ts";
import {
  changed,
  changeMembershipAs,
  type ChangingMember,
  unchanged,
} from "../tenancy/change-as.ts";
import { membershipError } from "../tenancy/errors.ts";
import { rolesToGiveByRule } from "../access/roles.ts";
import { emailDomainError } from "./errors.ts";
import type { Rules } from "./schema.ts";
import { type Finding, findRecord, type ResolveTxt } from "./txt-record.ts";

const mostDomains = 20;

/**
 * A domain that an organization claims. The claim is proven once `verifiedAt` is set. Its changes wait for every other change
 * of who belongs to the organization, so that nobody joins by rules that are being changed.
 */
export type EmailDomain = Pick<Row, "domain" | "challenge" | "verifiedAt" | "mode" | "role">;

type Key = Pick<Row, "organizationId" | "domain">;

const fields = { domain: true, challenge: true, verifiedAt: true, mode: true, role: true } as const;

/** Reads the domains of the current organization, by name. */
export const readEmailDomains = (): Read<EmailDomain> => ({
  name: "list-email-domains",
  text: `
    select domain, challenge, verified_at as "verifiedAt", mode, role
      from email_domains where organization_id = current_organization_id() order by domain`,
  values: [],
});

/**
 * Claims a domain for an organization, with a new challenge. Several organizations can claim the same domain.
 *
 * @param claim.domain a domain that `refuseDomain` does not refuse
 * @throws email_domain.claimed_already, email_domain.too_many
 */
export function claimDomain(
  database: TenantDatabase,
  actor: ChangingMember,
  { domain }: { domain: string },
): Promise<void> {
  return changeMembershipAs(database, actor, "email-domain:update", async (tx) => {
    const [present] = await tx.$queryRaw<{ count: number; isClaimed: boolean | null }[]>`
      select count(*)::int as count, bool_or(domain = ${domain}) as "isClaimed" from email_domains
       where organization_id = (select current_organization_id())`;
    if (present?.isClaimed) throw emailDomainError("email_domain.claimed_already");
    if ((present?.count ?? 0) >= mostDomains) throw emailDomainError("email_domain.too_many");
    await tx.emailDomain.create({
      data: {
        organizationId: actor.organization.id,
        domain,
        challenge: createRandomToken(),
        claimerId: actor.user.id,
      },
      select: { domain: true },
    });
    return changed(describe("claimed", domain));
  });
}

/**
 * Looks for the record of a claim, and marks the claim as verified. A claim that was removed and made again during the
 * lookup has another challenge, and stays unverified.
 *
 * @param options.countLookup throws if the organization asked the DNS too often
 * @throws request.not_found; what `countLookup` throws
 */
export async function verifyDomain(
  database: TenantDatabase,
  actor: ChangingMember,
  { domain }: { domain: string },
  options: { resolveTxt: ResolveTxt; countLookup(organizationId: string): Promise<void> },
): Promise<Finding> {
  const organizationId = actor.organization.id;
  const key = { organizationId, domain };
  const claim = await database.forOrganization(organizationId, (tx) =>
    tx.emailDomain.findUnique({ where: { organizationId_domain: key }, select: fields }),
  );
  if (!claim) throw httpError("request.not_found");
  if (claim.verifiedAt) return "found";
  await options.countLookup(organizationId);
  const finding = await findRecord(options.resolveTxt, claim);
  if (finding !== "found") return finding;
  return changeMembershipAs<Finding>(database, actor, "email-domain:update", async (tx) => {
    const present = await readDomain(tx, key);
    if (present.challenge !== claim.challenge) return { value: "missing", event: null };
    if (present.verifiedAt) return { value: "found", event: null };
    await tx.$executeRaw`
      update email_domains set verified_at = now()
       where organization_id = ${organizationId}::uuid and domain = ${domain}`;
    return { value: "found", event: describe("verified", domain) };
  });
}

/** Changes how people join, and in which role. @throws request.not_found, member.role_above_own */
export function changeRules(
  database: TenantDatabase,
  actor: ChangingMember,
  { domain, mode, role }: { domain: string } & Rules,
): Promise<void> {
  return changeMembershipAs(database, actor, "email-domain:update", async (tx, ownRole) => {
    const key = { organizationId: actor.organization.id, domain };
    const former = await readDomain(tx, key);
    if (!rolesToGiveByRule({ role: ownRole }).includes(role)) {
      throw membershipError("member.role_above_own");
    }
    if (former.mode === mode && former.role === role) return unchanged;
    await tx.emailDomain.update({
      where: { organizationId_domain: key },
      data: { mode, role },
      select: { domain: true },
    });
    const { mode: formerMode, role: formerRole } = former;
    return changed(describe("rules_changed", domain, { mode, role, formerMode, formerRole }));
  });
}

/** Removes a domain. People who joined by it stay members. @throws request.not_found */
export function removeDomain(
  database: TenantDatabase,
  actor: ChangingMember,
  { domain }: { domain: string },
): Promise<void> {
  return changeMembershipAs(database, actor, "email-domain:update", async (tx) => {
    const key = { organizationId: actor.organization.id, domain };
    await readDomain(tx, key);
    await tx.emailDomain.delete({
      where: { organizationId_domain: key },
      select: { domain: true },
    });
    return changed(describe("removed", domain));
  });
}

async function readDomain(tx: Transaction, key: Key): Promise<EmailDomain> {
  const found = await tx.emailDomain.findUnique({
    where: { organizationId_domain: key },
    select: fields,
  });
  if (!found) throw httpError("request.not_found");
  return found;
}

function describe(
  what: "claimed" | "verified" | "rules_changed" | "removed",
  domain: string,
  details: Readonly<Record<string, string>> = {},
): AuditEntry {
  const target = { type: "email-domain", id: domain };
  return { action: `email_domain.${what}`, target, details: { name: domain, ...details } };
}
