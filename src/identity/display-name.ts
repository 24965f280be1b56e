import { cleanName } from "../http/visible-text.ts";

/** An address as it is shown. One that is not proven could be anybody's, so it is marked. */
export function showEmail(email: string, { isVerified }: { isVerified: boolean }): string {
  return isVerified ? email : `${email} (not verified)`;
}

type Named = {
  name: string | null;
  username: string | null;
  email: string | null;
  emailVerified?: boolean;
};

/**
 * What to call a user, who may have no name, no username and no e-mail. Names are cleaned when they are stored; older ones
 * are cleaned here.
 */
export function displayName({ name, username, email, emailVerified = false }: Named): string {
  const address = email === null ? null : showEmail(email, { isVerified: emailVerified });
  const names = [name, username, address];
  return names.map((each) => cleanName(each ?? "")).find(Boolean) ?? "Somebody without a name";
}
