import { cleanName } from "../http/visible-text.ts";
import type { Viewer } from "../views/viewer.ts";
import type { SignedIn } from "./actor.ts";

/** An address as it is shown: one that is not proven could be anybody's, and says so. */
export function showEmail(email: string, { isVerified }: { isVerified: boolean }): string {
  return isVerified ? email : `${email} (not verified)`;
}

type Named = Pick<SignedIn["user"], "name" | "username" | "email"> & { emailVerified?: boolean };

/**
 * What to call a user who may have no name, no username and no e-mail. Names are cleaned when they come in; those that
 * came before that was so are cleaned here.
 */
export function displayName({ name, username, email, emailVerified = false }: Named): string {
  const address = email === null ? null : showEmail(email, { isVerified: emailVerified });
  const names = [name, username, address];
  return names.map((each) => cleanName(each ?? "")).find(Boolean) ?? "Somebody without a name";
}

/** Who is looking at a page, as its header shows it. */
export function describeViewer({ user, organizations }: SignedIn): Viewer {
  const { email, emailVerified: isVerified, avatarUrl } = user;
  const shown = email === null ? null : showEmail(email, { isVerified });
  return { name: displayName(user), email: shown, avatarUrl, organizations };
}
