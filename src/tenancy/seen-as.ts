import { createHash } from "node:crypto";

import { z } from "zod";

import { defineErrors } from "../http/errors.ts";
import { uuidField } from "../http/uuid-field.ts";
import { withQuery } from "../http/with-query.ts";
import { organizationPath } from "../views/viewer.ts";
import type { Member } from "./actor.ts";

const accountError = defineErrors({
  "account.page_outdated": {
    status: 409,
    title: "That page was somebody else’s",
    detail:
      "Since you opened it, another account has signed in on this browser. Nothing was done. Open the page again and look before you repeat it.",
  },
});

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

/** What the address of a form says on a page that is about one person: whose account it was. */
export const accountQuery = z.object({ account: uuidField() });

/** The address that a form on a page about one person posts to. */
export function accountFormAction({ user }: Pick<Onlooker, "user">, path: string): string {
  return withQuery(path, { account: user.id });
}

/**
 * Refuses a form of a page that was somebody else's: another tab may have signed them in since.
 *
 * @param returnTo the page, to open it again
 * @throws account.page_outdated
 */
export function requireSameAccount(
  { user }: Pick<Onlooker, "user">,
  { account }: z.output<typeof accountQuery>,
  returnTo: string,
): void {
  if (account === user.id) return;
  throw accountError("account.page_outdated", {
    action: { label: "Open it again", href: returnTo },
  });
}
