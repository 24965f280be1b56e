import { createHash } from "node:crypto";

import { z } from "zod";

import { defineErrors } from "../http/errors.ts";
import { uuidField } from "../http/uuid-field.ts";
import { withQuery } from "../http/with-query.ts";
import { organizationPath } from "../access/organization-path.ts";
import type { Member, SignedIn } from "./actor.ts";
import type { ChangingMember } from "./change-as.ts";

const accountError = defineErrors({
  "account.page_outdated": {
    status: 409,
    title: "That page was someone else’s",
    detail:
      "Since you opened it, another account has signed in on this browser. Nothing was done. Look at the page as it is now before you repeat it.",
  },
});

/** The reader of a page, as far as its forms depend on them. */
type Reader = Pick<ChangingMember, "user"> & Pick<Member, "organization" | "role">;

/** Identifies the account, organization and role that a page was made for. It is no secret. */
export function createPageToken({ user, organization, role }: Reader): string {
  const text = `${user.id} ${organization.id} ${role}`;
  return createHash("sha256").update(text).digest("base64url").slice(0, 16);
}

/**
 * Makes the address that a form on a page of an organization posts to, with the page's token: `path` is below the
 * organization's address, such as `members/0193…/role`, or empty. authorize.ts refuses a form from an outdated page: one made
 * for another role, another account, or another organization that had this address.
 */
export function formAction(actor: Reader, path: string): string {
  const base = organizationPath(actor.organization.slug);
  return `${base}${path && `/${path}`}?pageToken=${createPageToken(actor)}`;
}

/** Whether the query of a form's address names the reader for whom the form was made. */
export function namesReader(search: string): boolean {
  const query = new URLSearchParams(search);
  return query.has("pageToken") || query.has("account");
}

const comeBack =
  "You are signed in again. Nothing was changed so far: check what you typed, then send it.";

/** Welcomes a person back to their form that waited. @returns null if the form was made for another reader */
export function welcomeBack<Actor extends SignedIn>(
  actor: Actor | null,
  search: string,
): Actor | null {
  return actor && isReaderOf(actor, search) ? { ...actor, notice: comeBack } : null;
}

function isReaderOf(actor: SignedIn | Member, search: string): boolean {
  const query = new URLSearchParams(search);
  const pageToken = query.get("pageToken");
  if (pageToken === null) return query.get("account") === actor.user.id;
  return "organization" in actor && pageToken === createPageToken(actor);
}

/** The query of a form on a page about one person: the account that the page was made for. */
export const accountQuery = z.object({ account: uuidField() });

/** The address that a form on a page about one person posts to. */
export function accountFormAction({ user }: Pick<Reader, "user">, path: string): string {
  return withQuery(path, { account: user.id });
}

/**
 * Refuses a form from a page that was made for another account: another tab may have signed in with this one since.
 *
 * @throws account.page_outdated, with a link to `returnTo`, the page
 */
export function requireSameAccount(
  { user }: Pick<Reader, "user">,
  { account }: z.output<typeof accountQuery>,
  returnTo: string,
): void {
  const action = { label: "Open it again", href: returnTo };
  if (account !== user.id) throw accountError("account.page_outdated", { action });
}
