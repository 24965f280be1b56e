import { randomUUID } from "node:crypto";

import type { ResolveTxt } from "../../src/email-domains/txt-record.ts";
import { productSlug } from "../../src/runtime/product.ts";
import { giveAddress as giveAnyAddress } from "../support/addresses.ts";
import type { Organization, Person, RunningApplication } from "../support/application.ts";
import { assembleColleagues } from "../support/colleagues.ts";

/** An organization with a member of each role, an outsider, and the path of its domains. */
export async function assemble(application: RunningApplication) {
  const { people, ...colleagues } = await assembleColleagues(application);
  const path = `/o/${colleagues.organization.slug}/email-domains`;
  return { ...colleagues, ...people, path };
}

/** A domain that no other test has. */
export const inventDomain = () => `acme-${randomUUID().slice(0, 8)}.example`;

/** An error as the resolver of node:dns throws it. */
export const dnsFault = (code: string) => Object.assign(new Error(`queryTxt ${code}`), { code });

/** A DNS with answers to set; other names do not exist. */
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

/** Reads the row of a claim. */
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

/** Adds a domain to an organization; it is verified unless said otherwise. */
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

/** Gives a person an address; the identity provider vouches for it unless said otherwise. */
export const giveAddress = (
  application: RunningApplication,
  person: Person,
  email: string,
  options: { isVerified?: boolean } = {},
) => giveAnyAddress(application, person, { email, ...options });

/** The path to which the button "Join" posts. */
export const joiningPath = ({ id }: Organization, domain: string, person: Person) =>
  `/organizations/${id}/email-domains/${domain}/joining?account=${person.id}`;
