import type { Viewer as PageViewer } from "../views/viewer.ts";
import type { Viewer } from "./actor.ts";

/** What to call a user who may have no name, no username and no e-mail. */
export function displayName(user: Pick<Viewer["user"], "name" | "username" | "email">): string {
  return user.name ?? user.username ?? user.email ?? "Somebody without a name";
}

/** Who is looking at a page, as its header shows it. */
export function describeViewer({ user, organizations }: Viewer): PageViewer {
  return { name: displayName(user), email: user.email, avatarUrl: user.avatarUrl, organizations };
}
