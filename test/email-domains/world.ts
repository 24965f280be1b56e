import { randomUUID } from "node:crypto";

import type { ResolveTxt } from "../../src/email-domains/txt-record.ts";
import { productSlug } from "../../src/runtime/product.ts";
import type { Organization, Person, RunningApplication } from "../support/application.ts";
import { assembleColleagues } from "../support/colleagues.ts";

/** An organization with somebody of each role in it, an outsider, and where its domains are. */
export async function assemble(application: RunningApplication) {
  const { people, ...colleagues } = await assembleColleagues(application);
  const path = `/o/${colleagues.organization.slug}/email-domains`;
  return { ...colleagues, ...people, path };
}

/** One that no other test has. */
export const inventDomain = () => `acme-${randomUUID().slice(0, 8)}.example`;

/** What the resolver of node:dns throws. */
export const dnsFault = (code: string) => Object.assign(new Error(`queryTxt ${code}`), { code });

/** A DNS to write into; what is not there is no such name. */
export function createDns() {
  const answers = new Map<string, () => Promise<string[][]>>();
  const asked: string[] = [];
  const resolveTxt: ResolveTxt = (name) => {
    asked.push(name);
    return (answers.get(name) ?? (() => Promise.reject(dnsFault("ENOTFOUND"))))();
  };
  return {
    resolveTxt,
    asked,
    answer(domain: string, work: () => Promise<string[][]>) {
      answers.set(`_${productSlug}.${domain}`, work);
    },
  };
}

export type ClaimRow = {
  challenge: string;
  verifiedAt: Date | null;
  mode: string;
  role: string;
  claimerId: string | null;
};

/** What stands in the table, if anything does. */
export async function readClaim(
  application: RunningApplication,
  { id }: Organization,
  domain: string,
): Promise<ClaimRow | undefined> {
  const [row] = await application.query<ClaimRow>(
    `select challenge, verified_at as "verifiedAt", mode, role, claimer_id as "claimerId"
       from email_domains where organization_id = $1 and domain = $2`,
    [id, domain],
  );
  return row;
}

/** Puts a domain on an organization's list; verified, unless said otherwise. */
export async function addDomain(
  application: RunningApplication,
  { id }: Organization,
  { domain = inventDomain(), mode = "offer", role = "member", isVerified = true } = {},
): Promise<string> {
  await application.query(
    `insert into email_domains (organization_id, domain, challenge, mode, role, verified_at)
     values ($1, $2, 'a challenge', $3::join_mode, $4::role, case when $5 then now() end)`,
    [id, domain, mode, role, isVerified],
  );
  return domain;
}

/** Gives somebody an address, for which their identity provider vouches or does not. */
export async function giveAddress(
  application: RunningApplication,
  { id }: Person,
  email: string,
  { isVerified = true } = {},
): Promise<void> {
  await application.query("update users set email = $2, email_verified = $3 where id = $1", [
    id,
    email,
    isVerified,
  ]);
}

/** The events that are about domains or people, in order. */
export function readEvents(application: RunningApplication, { id }: Organization) {
  return application.query<{
    action: string;
    actorId: string | null;
    targetId: string;
    details: object;
  }>(
    `select action, actor_id as "actorId", target_id as "targetId", details from audit_events
      where organization_id = $1 and action <> 'organization.created' order by id`,
    [id],
  );
}

/** Who belongs to an organization, and as what. */
export async function readMembers(application: RunningApplication, { id }: Organization) {
  const rows = await application.query<{ userId: string; role: string }>(
    `select user_id as "userId", role from memberships where organization_id = $1`,
    [id],
  );
  return new Map(rows.map(({ userId, role }) => [userId, role]));
}

/** The path that the button posts to, of the only way into an organization. */
export const joiningPath = ({ id }: Organization, domain: string, person: Person) =>
  `/organizations/${id}/email-domains/${domain}/joining?account=${person.id}`;
