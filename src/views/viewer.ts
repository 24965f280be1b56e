import type { OrganizationWithRole } from "../access/membership.ts";

/** The signed-in person, as the header of a page shows them. */
export interface Viewer {
  name: string;
  email: string | null;
  avatarUrl: string | null;
  /** The zone in which they read times; null: UTC. */
  timeZone: string | null;
  organizations: readonly OrganizationWithRole[];
  /** Says what their last form did, on the page that it led to. */
  notice?: string | undefined;
}
