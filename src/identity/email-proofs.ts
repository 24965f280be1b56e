import type { Transaction } from "../database/database.ts";
import type { EmailProof, EmailSource, Identity } from "../database/generated/client.ts";
import { type EnterpriseAccount, isOfEnterprise, judgeEnterprises } from "./enterprise-word.ts";
import type { AuthenticatedPerson, PersonProfile } from "./profile.ts";

/** Why a source's word does not count (any more). */
export type Ending =
  /** It names the address, and does not vouch for it. */
  | "unverified"
  /** It names another address now. */
  | "address_changed"
  /** Logto gave the address to somebody else. */
  | "moved"
  /** It was asked, and the person did not let it answer. */
  | "silent"
  /** Something else could have brought the address, and nobody can tell: an account that was linked when it was first heard of. */
  | "unclear"
  /** An enterprise names it, outside of its own domains, for somebody who had it before. */
  | "disputed";

/** What a source says of an address; `ending` null: it vouches for it. */
type Word = { email: string; source: EmailSource; ending: Ending | null };

/** A linked account, as it is known here. */
export type KnownIdentity = Pick<
  Identity,
  "provider" | "subject" | "confirmedAt" | "isFounding" | "disputedEmail"
>;

type KnownProof = Pick<EmailProof, "email" | "source" | "endedAt" | "endedBy">;

/** Somebody as they are known here before Logto's news is written. */
export type KnownBefore = {
  /** Nobody has heard of them here. */
  isNew: boolean;
  email: string | null;
  /** An enterprise has signed them in here before. */
  hasEnterprise: boolean;
  identities: readonly KnownIdentity[];
  proofs: readonly KnownProof[];
};

/** Somebody as Logto tells of them; only a sign-in tells of single sign-on. */
export type TellingProfile = PersonProfile &
  Partial<Pick<AuthenticatedPerson, "singleSignOn">> & {
    /** What Logto knows of the enterprises; undefined: nobody asked it; null: it did not answer. */
    enterprises?: readonly EnterpriseAccount[] | null | undefined;
  };

/** The form in which addresses are compared. */
export function keyOf(email: string): string;
export function keyOf(email: string | null): string | null;
export function keyOf(email: string | null): string | null {
  return email?.toLowerCase() ?? null;
}

const isAscii = (email: string) => /^[!-~]+@[!-~]+$/.test(email);

const isSocial = (source: EmailSource) => source === "hugging_face" || source === "social";

const sourceOf = (provider: string): EmailSource =>
  provider === "huggingface" ? "hugging_face" : "social";

/** Whether the provider itself has told us of this very account: what Logto noted of it counts no longer. */
export function isConfirmed(
  known: Pick<KnownIdentity, "provider" | "subject" | "confirmedAt">,
  linked: PersonProfile["identities"][number],
): boolean {
  const { provider, subject, confirmedAt } = known;
  return provider === linked.target && subject === linked.subject && confirmedAt !== null;
}

/** What a source says. Only ASCII can be vouched for: it has one lower case, and the Kelvin sign is no k. */
function wordOf(
  source: EmailSource,
  email: string,
  { isVouchedFor, ending = "unverified" }: { isVouchedFor: boolean; ending?: Ending },
): Word {
  return { email: keyOf(email), source, ending: isVouchedFor && isAscii(email) ? null : ending };
}

/**
 * What the news about somebody says of addresses. Logto calls every address verified, so its word counts only for one
 * that it cannot have from a linked account: no social provider has ever named it, as far as anybody here has heard.
 */
export function listWords(person: TellingProfile, before: KnownBefore): Word[] {
  const social = person.identities.flatMap((identity): Word[] => {
    if (identity.email === null) return [];
    if (before.identities.some((known) => isConfirmed(known, identity))) return [];
    const { target, email, emailVerified: isVouchedFor } = identity;
    return [wordOf(sourceOf(target), email, { isVouchedFor })];
  });
  const own = keyOf(person.email);
  const judgement = own === null ? undefined : judgeEnterprises(person, before, own);
  const words = [...social];
  if (own !== null && judgement) words.push(wordOf("enterprise", own, judgement));
  const isNamed = [...words, ...before.proofs].some(
    ({ email, source }) => email === own && (isSocial(source) || source === "enterprise"),
  );
  if (own === null || !person.emailVerified || isNamed) return words;
  const source = "logto";
  const noted = before.proofs.find((proof) => proof.email === own && proof.source === source);
  const isLinked = person.identities.length > 0 || isOfEnterprise(person);
  const isUnclear = before.isNew && isLinked;
  const isNews = keyOf(before.email) !== own || noted === undefined || noted.endedBy === "moved";
  if (!isNews) return words;
  return [...words, wordOf(source, own, { isVouchedFor: !isUnclear, ending: "unclear" })];
}

/**
 * The account's own address, where a linked account named it when it was linked, and has never vouched for it: then it may be
 * that of somebody else, who has come in by Logto's page "Link with …".
 */
export function findDispute(
  person: PersonProfile,
  identity: PersonProfile["identities"][number],
  known: KnownIdentity | undefined,
): string | null {
  const email = keyOf(identity.email);
  if (known && known.subject === identity.subject) {
    const isVouchedFor = identity.emailVerified && email === known.disputedEmail;
    return isVouchedFor && known.confirmedAt === null ? null : known.disputedEmail;
  }
  return identity.disputesEmail && email === keyOf(person.email) ? email : null;
}

/** Whether an address is proven: a source vouches for it, and no linked account has a claim to it without a proof. */
function isProven(
  email: string | null,
  proofs: readonly KnownProof[],
  identities: readonly Pick<KnownIdentity, "disputedEmail">[],
): boolean {
  if (email === null || !isAscii(email)) return false;
  const own = keyOf(email);
  if (identities.some(({ disputedEmail }) => disputedEmail === own)) return false;
  const ofOwn = proofs.filter((proof) => proof.email === own);
  if (ofOwn.some(({ endedBy }) => endedBy === ("disputed" satisfies Ending))) return false;
  return ofOwn.some(({ endedAt }) => endedAt === null);
}

/** Whether the address will be proven once the news is written: what `settleEmail` will find. */
export function foreseeProof(person: TellingProfile, before: KnownBefore): boolean {
  const words = listWords(person, before).map(({ email, source, ending }) => ({
    email,
    source,
    endedAt: ending && new Date(),
    endedBy: ending,
  }));
  const untouched = before.proofs.filter(
    ({ email, source }) => !words.some((word) => word.email === email && word.source === source),
  );
  const identities = person.identities.map((identity) => {
    const known = before.identities.find(({ provider }) => provider === identity.target);
    return { disputedEmail: findDispute(person, identity, known) };
  });
  return isProven(person.email, [...untouched, ...words], identities);
}

/** Writes down what sources say. Of two words of one source about one address, the good one counts. */
export async function noteWords(
  tx: Transaction,
  userId: string,
  words: readonly Word[],
): Promise<void> {
  const told = words.map(({ source, email, ending }) =>
    wordOf(source, email, { isVouchedFor: ending === null, ...(ending && { ending }) }),
  );
  const ordered = told.toSorted((a, b) => Number(a.ending === null) - Number(b.ending === null));
  for (const { email, source, ending } of ordered) {
    if (ending === null) {
      await tx.$executeRaw`
        insert into email_proofs as p (user_id, email, source, proven_at)
        values (${userId}::uuid, ${email}, ${source}::email_source, now())
        on conflict (user_id, email, source) do update
           set proven_at = now(), ended_at = null, ended_by = null where p.ended_at is not null`;
    } else {
      await tx.$executeRaw`
        insert into email_proofs as p (user_id, email, source, ended_at, ended_by)
        values (${userId}::uuid, ${email}, ${source}::email_source, now(), ${ending})
        on conflict (user_id, email, source) do update
           set ended_at = now(), ended_by = ${ending}
         where p.ended_at is null or (p.ended_by = 'disputed') <> (${ending} = 'disputed')`;
    }
  }
}

/** Ends what was said of an address that is the account's no longer, but by a linked account that still has it. */
export async function leaveEmail(tx: Transaction, userId: string, email: string): Promise<void> {
  await tx.$executeRaw`
    update email_proofs p set ended_at = now(), ended_by = ${"address_changed" satisfies Ending}
     where p.user_id = ${userId}::uuid and p.email = ${keyOf(email)} and p.ended_at is null
       and not exists (select from identities i
                        where i.user_id = p.user_id and lower(i.email collate "C") = p.email
                          and p.source = case i.provider when 'huggingface' then 'hugging_face' else 'social' end::email_source)`;
}

/**
 * Logto gives an address to one person at a time. So somebody else who is known here by it has it no longer. Nobody waits for
 * them: whoever is changing them just now asks Logto as well.
 */
export async function takeFromOthers(
  tx: Transaction,
  { id, issuer, email }: { id: string; issuer: string; email: string },
): Promise<void> {
  await tx.$executeRaw`
    with others as (
      select o.id from users o
       where o.proven_email = ${keyOf(email)} and o.issuer = ${issuer} and o.id <> ${id}::uuid
         for no key update skip locked),
    ended as (
      update email_proofs p set ended_at = now(), ended_by = ${"moved" satisfies Ending}
        from others o where p.user_id = o.id and p.email = ${keyOf(email)} and p.ended_at is null)
    update users u set email_verified = false, updated_at = now() from others o where u.id = o.id`;
}

/** Makes `users.email_verified` what the proofs say. Call it with the user's row locked. */
export async function settleEmail(tx: Transaction, userId: string): Promise<void> {
  const { email, emailProofs, identities } = await tx.user.findUniqueOrThrow({
    where: { id: userId },
    select: { email: true, emailProofs: true, identities: true },
  });
  const emailVerified = isProven(email, emailProofs, identities);
  await tx.user.updateMany({
    where: { id: userId, emailVerified: !emailVerified },
    data: { emailVerified },
  });
}

/** A linked account by which somebody else may sign in. */
type DisputedAccount = { provider: string; subject: string; isFounding: boolean };

/**
 * Finds a linked account by which somebody else may sign in: it named the user's address without vouching for it, and the
 * user was there before it, or is proven to be somebody who reads the mail of that address.
 */
export async function findDisputedAccount(
  tx: Transaction,
  userId: string,
): Promise<DisputedAccount | undefined> {
  const user = await tx.user.findUnique({
    where: { id: userId },
    select: { email: true, emailProofs: true, identities: true },
  });
  // Compared here: PostgreSQL's lower() depends on its locale.
  const own = keyOf(user?.email ?? null);
  if (!user || own === null) return undefined;
  const isOwners = user.emailProofs.some(
    ({ email, source, endedAt }) => email === own && endedAt === null && !isSocial(source),
  );
  const disputed = user.identities.filter(
    ({ disputedEmail, isFounding }) => disputedEmail === own && (!isFounding || isOwners),
  );
  return disputed.find(({ isFounding }) => !isFounding) ?? disputed[0];
}
