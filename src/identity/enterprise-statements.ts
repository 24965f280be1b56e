import type { Transaction } from "../database/database.ts";
import type { Ending, StoredUser } from "./email-statements.ts";
import type { EnterpriseProfile } from "./profile.ts";

/** Whether an enterprise signs the person in: it may have brought an address that it no longer names. */
export function isOfEnterprise({ singleSignOn, enterprises }: EnterpriseProfile): boolean {
  return (singleSignOn?.length ?? 0) + (enterprises?.length ?? 0) > 0;
}

type Judgement = { isVouchedFor: boolean; ending?: Ending };

const doubted = (ending: Ending): Judgement => ({ isVouchedFor: false, ending });

/**
 * Judges what enterprises state about a person's own address. Logto makes an account of any address that an enterprise
 * names, and signs the enterprise's people in to the account that has the address already. So a statement counts only at
 * the domains that the connector has at Logto. An enterprise that turns up in the account of a user who was here without
 * it has to be believed, or it disputes the address.
 *
 * @param own in lower case
 * @returns undefined: nothing new
 */
export function judgeEnterprises(
  person: EnterpriseProfile,
  before: StoredUser,
  own: string,
): Judgement | undefined {
  const { enterprises, singleSignOn } = person;
  const ofEnterprise = before.proofs.filter(({ source }) => source === "enterprise");
  const noted = ofEnterprise.find(({ email }) => email === own);
  const isDisputed = noted?.endedBy === "disputed";
  if (enterprises?.length === 0) return isDisputed ? doubted("unverified") : undefined;
  if (!isOfEnterprise(person)) return undefined;
  const isOwner = !before.isNew && before.email?.toLowerCase() === own;
  const isIntruder = isOwner && !before.hasEnterprise && ofEnterprise.length === 0;
  if (!enterprises || enterprises.some(({ isAtItsDomain }) => isAtItsDomain === null)) {
    // The domains are unknown: earlier statements count, and the next sign-in looks at an intruder.
    if (isIntruder) return enterprises === null ? doubted("disputed") : undefined;
    const named = enterprises ?? (singleSignOn ?? []).map(({ account: email }) => ({ email }));
    const isNamed = named.some(({ email }) => email?.toLowerCase() === own);
    return noted || !(isNamed || before.isNew) ? undefined : doubted("unclear");
  }
  const naming = enterprises.filter(({ email }) => email === own);
  const isNamed = naming.length > 0;
  if (isNamed && naming.every(({ isAtItsDomain }) => isAtItsDomain)) return { isVouchedFor: true };
  const isKnownDoubt = noted?.endedBy === "unverified" || noted?.endedBy === "unclear";
  if (isDisputed || isIntruder || (isOwner && isNamed && !isKnownDoubt)) return doubted("disputed");
  if (isNamed) return doubted("unverified");
  return before.isNew ? doubted("unclear") : undefined;
}

/** Whether an enterprise has named the user's address, outside of its own domains, when they had it already. */
export async function isDisputedByEnterprise(tx: Transaction, userId: string): Promise<boolean> {
  const { email, emailProofs } = await tx.user.findUniqueOrThrow({
    where: { id: userId },
    select: { email: true, emailProofs: { where: { source: "enterprise", endedBy: "disputed" } } },
  });
  const own = email?.toLowerCase();
  return emailProofs.some((proof) => proof.email === own);
}
