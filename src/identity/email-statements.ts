import type { EmailProof, EmailSource, Identity } from "../database/generated/client.ts";
import { isOfEnterprise, judgeEnterprises } from "./enterprise-statements.ts";
import type { EnterpriseProfile, PersonProfile } from "./profile.ts";

/** Why a source's statement does not count (any more). */
export type Ending =
  /** The source names the address, and does not vouch for it. */
  | "unverified"
  /** It names another address now. */
  | "address_changed"
  /** Logto gave the address to another person. */
  | "moved"
  /** It was asked, and the person did not let it answer. */
  | "silent"
  /** Something else could have brought the address: the user had a linked account when we first heard of them. */
  | "unclear"
  /** An enterprise names it, outside of its own domains, for a user who had it before. */
  | "disputed";

/** A source's statement about an address; `ending` null: the source vouches for it. */
export type Statement = { email: string; source: EmailSource; ending: Ending | null };

/** A linked account, as it is stored. */
export type StoredIdentity = Pick<
  Identity,
  "provider" | "subject" | "confirmedAt" | "isFounding" | "disputedEmail"
>;

type StoredProof = Pick<EmailProof, "email" | "source" | "endedAt" | "endedBy">;

/** A user as stored before Logto's news is written. */
export type StoredUser = {
  /** No row was stored. */
  isNew: boolean;
  email: string | null;
  /** An enterprise has signed them in here before. */
  hasEnterprise: boolean;
  identities: readonly StoredIdentity[];
  proofs: readonly StoredProof[];
};

/** The form in which addresses are compared. PostgreSQL's lower() depends on its locale. */
export function keyOf(email: string): string;
export function keyOf(email: string | null): string | null;
export function keyOf(email: string | null): string | null {
  return email?.toLowerCase() ?? null;
}

const isAscii = (email: string) => /^[!-~]+@[!-~]+$/.test(email);

export const isSocial = (source: EmailSource) => source === "hugging_face" || source === "social";

const sourceOf = (provider: string): EmailSource =>
  provider === "huggingface" ? "hugging_face" : "social";

/** Whether the provider itself has told us of this account: then Logto's older note of it no longer counts. */
export function isConfirmed(
  { provider, subject, confirmedAt }: Pick<StoredIdentity, "provider" | "subject" | "confirmedAt">,
  linked: PersonProfile["identities"][number],
): boolean {
  return provider === linked.target && subject === linked.subject && confirmedAt !== null;
}

/** Only ASCII can be vouched for: it has one lower case, and the Kelvin sign is no k. */
export function toStatement(
  source: EmailSource,
  email: string,
  { isVouchedFor, ending = "unverified" }: { isVouchedFor: boolean; ending?: Ending },
): Statement {
  return { email: keyOf(email), source, ending: isVouchedFor && isAscii(email) ? null : ending };
}

/**
 * Lists what a profile states about addresses. Logto calls every address verified, so its statement counts only for an
 * address that it cannot have from a linked account: one that no social provider has ever named to us.
 */
export function listStatements(person: EnterpriseProfile, before: StoredUser): Statement[] {
  const statements = person.identities.flatMap((identity): Statement[] => {
    if (identity.email === null) return [];
    if (before.identities.some((stored) => isConfirmed(stored, identity))) return [];
    const { target, email, emailVerified: isVouchedFor } = identity;
    return [toStatement(sourceOf(target), email, { isVouchedFor })];
  });
  const own = keyOf(person.email);
  if (own === null) return statements;
  const judgement = judgeEnterprises(person, before, own);
  if (judgement) statements.push(toStatement("enterprise", own, judgement));
  const isNamed = [...statements, ...before.proofs].some(
    ({ email, source }) => email === own && (isSocial(source) || source === "enterprise"),
  );
  if (!person.emailVerified || isNamed) return statements;
  const source = "logto";
  const noted = before.proofs.find((proof) => proof.email === own && proof.source === source);
  const isNews = keyOf(before.email) !== own || noted === undefined || noted.endedBy === "moved";
  if (!isNews) return statements;
  const isLinked = person.identities.length > 0 || isOfEnterprise(person);
  const isVouchedFor = !(before.isNew && isLinked);
  return [...statements, toStatement(source, own, { isVouchedFor, ending: "unclear" })];
}

/**
 * Finds the user's own address, if a linked account named it when it was linked, and has never vouched for it: then the
 * account may be another person's, who used Logto's page "Link with …".
 */
export function findDispute(
  person: PersonProfile,
  identity: PersonProfile["identities"][number],
  stored: StoredIdentity | undefined,
): string | null {
  const email = keyOf(identity.email);
  if (stored && stored.subject === identity.subject) {
    const isVouchedFor = identity.emailVerified && email === stored.disputedEmail;
    return isVouchedFor && stored.confirmedAt === null ? null : stored.disputedEmail;
  }
  return identity.disputesEmail && email === keyOf(person.email) ? email : null;
}

/** Whether an address is proven: a source vouches for it, and no linked account claims it without a proof. */
export function isProven(
  email: string | null,
  proofs: readonly StoredProof[],
  identities: readonly Pick<StoredIdentity, "disputedEmail">[],
): boolean {
  if (email === null || !isAscii(email)) return false;
  const own = keyOf(email);
  if (identities.some(({ disputedEmail }) => disputedEmail === own)) return false;
  const ofOwn = proofs.filter((proof) => proof.email === own);
  if (ofOwn.some(({ endedBy }) => endedBy === ("disputed" satisfies Ending))) return false;
  return ofOwn.some(({ endedAt }) => endedAt === null);
}

/** Whether the address will be proven once the news is written: what `settleEmail` will find. */
export function foreseeProof(person: EnterpriseProfile, before: StoredUser): boolean {
  const stated = listStatements(person, before).map(({ email, source, ending }) => ({
    email,
    source,
    endedAt: ending && new Date(),
    endedBy: ending,
  }));
  const untouched = before.proofs.filter(
    ({ email, source }) => !stated.some((each) => each.email === email && each.source === source),
  );
  const identities = person.identities.map((identity) => {
    const stored = before.identities.find(({ provider }) => provider === identity.target);
    return { disputedEmail: findDispute(person, identity, stored) };
  });
  return isProven(person.email, [...untouched, ...stated], identities);
}
