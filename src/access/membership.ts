import type { Role } from "./roles.ts";

/** One of a person's organizations, with their role in it. */
export type OrganizationWithRole = { name: string; slug: string; role: Role };
