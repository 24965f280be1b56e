import type { Role } from "./roles.ts";

/** The user who makes a request, and their membership in the organization that the URL names. */
export type Principal = {
  user: {
    id: string;
    name: string | null;
    username: string | null;
    email: string | null;
    /** Whether the address is proven to be theirs. */
    emailVerified: boolean;
    avatarUrl: string | null;
  };
  /** Null when the URL names none, one that does not exist, or one that is not theirs. */
  membership: CurrentMembership | null;
};

/** The organization that the URL names, perhaps by an address it had before. */
export type CurrentMembership = {
  organization: { id: string; slug: string; name: string };
  role: Role;
  isSuspended: boolean;
  isDeleted: boolean;
};

/** A row of the functions `authenticate` and `authenticate_token` of the migrations, with the address that is shown. */
export type PrincipalRow = {
  user_id: string;
  name: string | null;
  username: string | null;
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

/** The query that calls one of them. Where only Hugging Face knows a person's address, that one is shown. */
export const withShownEmail = (call: string) => `
  select a.*, coalesce(u.email, i.email) as shown_email,
         case when u.email is null then i.proven_email else u.proven_email end is not null as is_shown_email_proven
    from ${call} a join users u on u.id = a.user_id
    left join identities i on i.user_id = u.id and i.provider = 'huggingface'`;

/** @returns a membership of null unless the row has a whole organization */
export function readPrincipal(row: PrincipalRow): Principal {
  const { organization_id: id, organization_name: name, organization_slug: slug, role } = row;
  return {
    user: {
      id: row.user_id,
      name: row.name,
      username: row.username,
      email: row.shown_email,
      emailVerified: row.is_shown_email_proven,
      avatarUrl: row.avatar_url,
    },
    membership:
      id && name && slug && role
        ? {
            organization: { id, slug, name },
            role,
            isSuspended: row.is_suspended,
            isDeleted: row.is_deleted,
          }
        : null,
  };
}
