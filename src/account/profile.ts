import type { z } from "zod";

import { isOwnPicture } from "../access/picture-path.ts";
import type { TenantDatabase } from "../database/database.ts";
import type { Account } from "./account.ts";
import type { AccountsAtProvider, ChangeResult, ProfileChange } from "./at-provider.ts";
import { dropPicture } from "./picture.ts";
import type { profileBody } from "./schema.ts";

type Profile = Pick<Account, "name" | "avatarUrl" | "timeZone">;

/**
 * Changes what differs: the time zone here, name and picture at the identity provider, which has them.
 *
 * @param change.before the profile until now
 * @param change.accounts null if the application may not change accounts there: name and picture stay
 */
export async function changeProfile(
  database: TenantDatabase,
  userId: string,
  change: {
    before: Profile;
    after: z.output<typeof profileBody>;
    accounts: AccountsAtProvider | null;
  },
): Promise<ChangeResult> {
  const { before, after, accounts } = change;
  const { name, picture, timeZone } = after;
  const isUploaded = isOwnPicture(before.avatarUrl);
  // The form shows no address for a picture that was uploaded.
  const address = isUploaded ? null : before.avatarUrl;
  if (timeZone !== undefined && timeZone !== (before.timeZone ?? "UTC")) {
    await database.forUser(userId, (tx) =>
      tx.user.update({ where: { id: userId }, data: { timeZone } }),
    );
  }
  const there: ProfileChange = {
    ...(name !== undefined && name !== before.name && { name }),
    ...(picture !== undefined && picture !== address && { picture }),
  };
  if (!accounts || Object.keys(there).length === 0) return { issues: [], isMirrored: true };
  const result = await accounts.change(userId, there);
  const isReplaced = isUploaded && there.picture && result.issues.length === 0;
  if (isReplaced) await dropPicture(database, userId, there.picture ?? null);
  return result;
}

/** Says what a person changed at the identity provider, as far as it is mirrored here. */
export function describeChanges(before: Account, after: Account): string | undefined {
  // Without an address of its own, an account shows that of Hugging Face.
  if (after.hasOwnEmail && after.email !== before.email) {
    return `Your email address is now ${after.email}.`;
  }
  if (after.username !== before.username && after.username !== null) {
    return `Your username is now ${after.username}.`;
  }
  if (hasHuggingFace(after) && !hasHuggingFace(before))
    return "Your Hugging Face account is linked.";
  if (hasHuggingFace(before) && !hasHuggingFace(after))
    return "Your Hugging Face account is no longer linked.";
  return undefined;
}

const hasHuggingFace = ({ identities }: Account): boolean =>
  identities.some(({ provider }) => provider === "huggingface");
