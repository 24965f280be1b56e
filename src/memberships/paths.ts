import { withQuery } from "../http/with-query.ts";
import { organizationPath } from "../access/organization-path.ts";
import { type MembersPageQuery, writeFilters } from "./schema.ts";

/** The address of an organization's members, or of some of them, with the acts of one of them. */
export function membersPath({ slug }: { slug: string }, query: MembersPageQuery = {}): string {
  const { manage } = query;
  const path = withQuery(`${organizationPath(slug)}/members`, { ...writeFilters(query), manage });
  return manage === undefined ? path : `${path}#manage`;
}

/** The address of the table of roles and permissions. */
export function rolesPath({ slug }: { slug: string }): string {
  return `${organizationPath(slug)}/roles`;
}
