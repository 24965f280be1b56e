import type { OrganizationWithRole } from "../access/membership.ts";

/** Who is looking at the page: what the header needs to know of a signed-in person. */
export interface Viewer {
  name: string;
  /** As it is shown. */
  email: string | null;
  avatarUrl: string | null;
  organizations: readonly OrganizationWithRole[];
  /** What their last form did, on the page that it led to. */
  notice?: string | undefined;
}

/** The address of an organization's home; the slug is escaped, so no name can leave `/o/`. */
export function organizationPath(slug: string): string {
  return `/o/${encodeURIComponent(slug)}`;
}
