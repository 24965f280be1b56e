import type { Role } from "../memberships/roles.ts";

export interface ViewerOrganization {
  name: string;
  slug: string;
  role: Role;
}

/** Who is looking at the page: what the header needs to know of a signed-in person. */
export interface Viewer {
  name: string;
  email: string | null;
  avatarUrl: string | null;
  organizations: readonly ViewerOrganization[];
}

/** The organization the page's URL is in. */
export interface CurrentOrganization extends ViewerOrganization {
  logoUrl?: string | null | undefined;
}

/** The address of an organization's home; the slug is escaped, so no name can leave `/o/`. */
export function organizationPath(slug: string): string {
  return `/o/${encodeURIComponent(slug)}`;
}
