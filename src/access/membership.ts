import type { Role } from "./roles.ts";

/** A person's membership in an organization. */
export type Membership = {
  organization: { id: string; slug: string; name: string };
  role: Role;
  isSuspended: boolean;
  /** Whether the organization is deleted, but not purged yet. */
  isDeleted: boolean;
};

/** One of a person's organizations, with their role in it. */
export type OrganizationWithRole = {
  name: string;
  slug: string;
  role: Role;
  /** The path of its picture, if it has one. */
  picture?: string | null;
  /** Which colour its initial has: another one than their other organizations, as far as there are enough. */
  tint?: number;
};
