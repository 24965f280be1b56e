import { createHash } from "node:crypto";

import { organizationPath } from "../views/viewer.ts";
import type { Member } from "./actor.ts";

type Onlooker = { user: { id: string } } & Pick<Member, "organization" | "role">;

/** Names who looked at a page, in which organization and role; no secret. */
export function describeOnlooker({ user, organization, role }: Onlooker): string {
  const text = `${user.id} ${organization.id} ${role}`;
  return createHash("sha256").update(text).digest("base64url").slice(0, 16);
}

/**
 * The address that a form on a page of an organization posts to. It says for whom the page was made, so
 * that a form from a page that is out of date (another role since, another account, another organization
 * under that address) is refused before it does something unexpected: authorize.ts.
 *
 * @param path below the organization's own, such as `members/0193…/role`; empty for itself
 */
export function formAction(actor: Onlooker, path: string): string {
  const base = organizationPath(actor.organization.slug);
  return `${base}${path && `/${path}`}?seenAs=${describeOnlooker(actor)}`;
}
