import type { Transaction } from "../database/database.ts";
import type { Ending, KnownBefore, TellingProfile } from "./email-proofs.ts";

/** An account at an enterprise that signs somebody in. */
export type EnterpriseAccount = {
  /** In lower case. */
  email: string | null;
  /** Logto's operator has given its connector the domain of that address: only there is an enterprise believed. Null: nobody asked. */
  isAtItsDomain: boolean | null;
};

/** Whether an enterprise signs them in, which may have brought an address that it does not name any more. */
export function isOfEnterprise({ singleSignOn, enterprises }: TellingProfile): boolean {
  return (singleSignOn?.length ?? 0) + (enterprises?.length ?? 0) > 0;
}

type Judgement = { isVouchedFor: boolean; ending?: Ending };

const vouched: Judgement = { isVouchedFor: true };
const doubted = (ending: Ending): Judgement => ({ isVouchedFor: false, ending });

/**
 * What the enterprises of somebody say of their own address. Logto makes an account of whatever address an enterprise names,
 * and signs its people in to the account of whoever has that address already. So its word counts only at the domains that
 * its connector has at Logto, and an enterprise that turns up in the account of somebody who was here without it has to be
 * believed, or disputes the address.
 *
 * @param own in lower case
 * @returns undefined: nothing new
 */
export function judgeEnterprises(
  person: TellingProfile,
  before: KnownBefore,
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
    // Nobody can tell: what was told before counts, and the next sign-in looks at an intruder.
    if (isIntruder) return enterprises === null ? doubted("disputed") : undefined;
    const named = enterprises ?? (singleSignOn ?? []).map(({ account: email }) => ({ email }));
    const isNamed = named.some(({ email }) => email?.toLowerCase() === own);
    return noted || !(isNamed || before.isNew) ? undefined : doubted("unclear");
  }
  const naming = enterprises.filter(({ email }) => email === own);
  const isNamed = naming.length > 0;
  if (isNamed && naming.every(({ isAtItsDomain }) => isAtItsDomain === true)) return vouched;
  const isKnownDoubt = noted?.endedBy === "unverified" || noted?.endedBy === "unclear";
  if (isDisputed || isIntruder || (isOwner && isNamed && !isKnownDoubt)) return doubted("disputed");
  if (isNamed) return doubted("unverified");
  return before.isNew ? doubted("unclear") : undefined;
}

/** Whether an enterprise has named the user's address, outside of its own domains, that was theirs before. */
export async function isDisputedByEnterprise(tx: Transaction, userId: string): Promise<boolean> {
  const { email, emailProofs } = await tx.user.findUniqueOrThrow({
    where: { id: userId },
    select: { email: true, emailProofs: { where: { source: "enterprise" } } },
  });
  const own = email?.toLowerCase();
  return emailProofs.some(
    (proof) => proof.email === own && proof.endedBy === ("disputed" satisfies Ending),
  );
}
