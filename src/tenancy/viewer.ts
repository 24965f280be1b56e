import { displayName, showEmail } from "../identity/display-name.ts";
import type { Viewer } from "../views/viewer.ts";
import type { SignedIn } from "./actor.ts";

/** The signed-in person, as the header of a page shows them. */
export function describeViewer({ user, organizations }: SignedIn): Viewer {
  const { email, emailVerified: isVerified, avatarUrl } = user;
  const shown = email === null ? null : showEmail(email, { isVerified });
  return { name: displayName(user), email: shown, avatarUrl, organizations };
}
