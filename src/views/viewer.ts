import type { OrganizationWithRole } from "../access/membership.ts";

/** The signed-in person, as the header of a page shows them. */
export interface Viewer {
  name: string;
  email: string | null;
  avatarUrl: string | null;
  organizations: readonly OrganizationWithRole[];
  /** Says what their last form did, on the page that it led to. */
  notice?: string | undefined;
}

/** The path of an organization's home. It escapes the slug, so that none can leave `/o/`. */
export function organizationPath(slug: string): string {
  return `/o/${encodeURIComponent(slug)}`;
}
