import { displayName, showEmail } from "../identity/display-name.ts";
import type { Viewer } from "../views/viewer.ts";
import type { SignedIn } from "./actor.ts";

type Reader = Pick<SignedIn, "user" | "organizations" | "timeZone" | "notice">;

/** The reader of a page, as its header shows them. */
export function describeViewer({ user, organizations, timeZone, notice }: Reader): Viewer {
  if (!organizations)
    throw new TypeError("This route shows a page, but declares that it does not.");
  const { email, emailVerified: isVerified, avatarUrl } = user;
  const shown = email === null ? null : showEmail(email, { isVerified });
  return { name: displayName(user), email: shown, avatarUrl, timeZone, organizations, notice };
}
