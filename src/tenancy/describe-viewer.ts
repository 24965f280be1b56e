import { displayName, showEmail } from "../identity/display-name.ts";
import type { OrganizationWithRole } from "../access/membership.ts";
import { tintOf } from "../access/organization-tints.ts";
import type { Viewer } from "../views/viewer.ts";
import type { Member, SignedIn } from "./actor.ts";

type Reader = Pick<SignedIn, "user" | "organizations" | "timeZone" | "notice">;

/** The reader of a page, as its header shows them. */
export function describeViewer({ user, organizations, timeZone, notice }: Reader): Viewer {
  if (!organizations)
    throw new TypeError("This route shows a page, but declares that it does not.");
  const { email, emailVerified: isVerified, avatarUrl } = user;
  const shown = email === null ? null : showEmail(email, { isVerified });
  return { name: displayName(user), email: shown, avatarUrl, timeZone, organizations, notice };
}

/** The organization of a page, as the reader's list of organizations shows it. */
export function describeOrganization({ organization, role, organizations }: Member) {
  const { id, ...shown } = organization;
  const listed = organizations?.find(({ slug }) => slug === shown.slug);
  // The list ends after the first hundred.
  return listed ?? ({ ...shown, role, tint: tintOf(id) } satisfies OrganizationWithRole);
}
