import type { Membership } from "./membership.ts";
import type { Role } from "./roles.ts";

/** A person (or an application) that has an account, as it is shown. */
export type Person = {
  id: string;
  name: string | null;
  username: string | null;
  email: string | null;
  /** Whether the address is proven to be theirs. */
  emailVerified: boolean;
  avatarUrl: string | null;
};

/** The person who asks, and their membership in the organization that the URL names. */
export type Principal = {
  user: Person;
  /** Null when the URL names no organization, one that does not exist, or one that they do not belong to. */
  membership: Membership | null;
};

/**
 * A row of the SQL functions `authenticate_session` and `authenticate_token`. Its shown address is the one at Logto, or else the
 * one at Hugging Face.
 */
export type PrincipalRow = Pick<Person, "name" | "username"> & {
  user_id: string;
  shown_email: string | null;
  is_shown_email_proven: boolean;
  avatar_url: string | null;
  organization_id: string | null;
  organization_name: string | null;
  organization_slug: string | null;
  role: Role | null;
  is_suspended: boolean;
  is_deleted: boolean;
};

/** Its membership is null unless the row has every column of an organization. */
export function readPrincipal(row: PrincipalRow): Principal {
  const { organization_id: id, organization_name: name, organization_slug: slug } = row;
  const { role, is_suspended: isSuspended, is_deleted: isDeleted } = row;
  const user = {
    id: row.user_id,
    name: row.name,
    username: row.username,
    email: row.shown_email,
    emailVerified: row.is_shown_email_proven,
    avatarUrl: row.avatar_url,
  };
  if (!id || !name || !slug || !role) return { user, membership: null };
  return { user, membership: { organization: { id, slug, name }, role, isSuspended, isDeleted } };
}
