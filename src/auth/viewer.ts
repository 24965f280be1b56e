import { cleanName } from "../http/visible-text.ts";
import type { Viewer } from "../views/viewer.ts";
import type { SignedIn } from "./actor.ts";

/**
 * What to call a user who may have no name, no username and no e-mail. Names are cleaned when they come in; those that
 * came before that was so are cleaned here.
 */
export function displayName(user: Pick<SignedIn["user"], "name" | "username" | "email">): string {
  const names = [user.name, user.username, user.email];
  return names.map((name) => cleanName(name ?? "")).find(Boolean) ?? "Somebody without a name";
}

/** Who is looking at a page, as its header shows it. */
export function describeViewer({ user, organizations }: SignedIn): Viewer {
  return { name: displayName(user), email: user.email, avatarUrl: user.avatarUrl, organizations };
}
