import type { Person } from "../access/principal.ts";
import { cleanName } from "../http/visible-text.ts";

/** An address as it is shown. One that is not proven could be anybody's, so it is marked. */
export function showEmail(email: string, { isVerified }: { isVerified: boolean }): string {
  return isVerified ? email : `${email} (not verified)`;
}

/** Shown in place of a name, where there is nothing else. */
const unnamed = "Unnamed person";

/** Whether {@link displayName} found a name, and not only an address or nothing. */
export const isName = (shown: string): boolean =>
  shown !== unnamed && !/^\S+@\S+( \(not verified\))?$/.test(shown);

/**
 * The name to show for a person, who may have no name, no username and no email address. Names are cleaned when they are
 * stored; this cleans those that were stored before that rule.
 */
export function displayName(
  person: Partial<Pick<Person, "name" | "username" | "email" | "emailVerified">>,
): string {
  const { name, username, email, emailVerified: isVerified = false } = person;
  for (const each of [name, username, email && showEmail(email, { isVerified })]) {
    const shown = each && cleanName(each);
    if (shown) return shown;
  }
  return unnamed;
}
