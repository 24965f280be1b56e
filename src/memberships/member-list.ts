import type { TenantDatabase } from "../database/database.ts";
import type { Read } from "../http/route.ts";
import type { Position } from "../http/cursor-field.ts";
import type { Membership } from "../access/membership.ts";
import type { Person } from "../access/principal.ts";
import type { Role } from "../access/roles.ts";

/** A member; their address is the one at Logto, or else the one at Hugging Face. */
export type ListedMember = Omit<Person, "id"> &
  Pick<Membership, "role" | "isSuspended"> & {
    userId: string;
    /** Whether it is an application that works for the organization. */
    isMachine: boolean;
    /** Whether nobody else is an active owner: they cannot leave, or take another role. */
    isOnlyOwner: boolean;
    joinedAt: Date;
  };

export type MemberQuery = {
  /** Part of a name, a username or an email address. */
  search?: string | undefined;
  role?: Role | undefined;
  status?: "active" | "suspended" | undefined;
  /** The last member of the previous page. */
  cursor?: Position | undefined;
  limit?: number | undefined;
};

/** Lists members of an organization for a route that did not read them (`readMembers`). */
export async function listMembers(
  database: TenantDatabase,
  organizationId: string,
  query: MemberQuery,
): Promise<MemberList> {
  return pageOfMembers(await database.readOrganization(organizationId, readMembers(query)), query);
}

export type MemberList = { members: ListedMember[]; next: Position | undefined };

/** Makes a page of the rows of `readMembers`. @returns where the next page begins, if there is one */
export function pageOfMembers(
  found: readonly ListedMember[],
  { limit = 20 }: MemberQuery,
): MemberList {
  const members = found.slice(0, limit);
  const last = found.length > limit ? members.at(-1) : undefined;
  return {
    members,
    next: last && { time: last.joinedAt.toISOString(), id: last.userId },
  };
}

/**
 * Reads members, including suspended ones, in the order in which they joined: 20 unless the query has a limit, and one more if
 * there is a next page. That order never changes, so members who join or leave between two pages do not make other members
 * disappear or repeat.
 *
 * It scans an index from the cursor on until the page is full: without a filter that is a few
 * rows, however many members there are. (An index by role would not help: PostgreSQL compares an enum only after row-level
 * security has passed a row.)
 */
export function readMembers(query: MemberQuery): Read<ListedMember> {
  const { search, role, status, cursor, limit = 20 } = query;
  const values = [
    cursor?.time ?? "-infinity",
    cursor?.id ?? "00000000-0000-0000-0000-000000000000",
    limit + 1,
  ];
  if (search === undefined && role === undefined && status === undefined) {
    return { name: "list-members", text: select(""), values };
  }
  const pattern =
    search === undefined ? null : `%${search.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`;
  // Without a name, PostgreSQL plans it each time: the best plan depends on the values.
  return { name: "", text: select(filter), values: [...values, role, pattern, status] };
}

const filter = `
     and ($4::role is null or m.role = $4)
     and ($6::text is null or (m.suspended_at is not null) = ($6 = 'suspended'))
     and ($5::text is null or u.name ilike $5 or u.username ilike $5
          or coalesce(u.email, i.email) ilike $5)`;

const select = (condition: "" | typeof filter) => `
  select m.user_id as "userId", u.name, u.username, u.avatar_url as "avatarUrl",
         coalesce(u.email, i.email) as email,
         case when u.email is null then i.proven_email else u.proven_email end is not null as "emailVerified",
         m.role, u.is_machine as "isMachine", m.suspended_at is not null as "isSuspended", m.created_at as "joinedAt",
         m.role = 'owner' and m.suspended_at is null and not exists (
           select from memberships o
            where o.organization_id = m.organization_id and o.user_id <> m.user_id
              and o.role = 'owner' and o.suspended_at is null) as "isOnlyOwner"
    from memberships m join users u on u.id = m.user_id
    left join identities i on i.user_id = m.user_id and i.provider = 'huggingface'
   where m.organization_id = current_organization_id()
     and (m.created_at, m.user_id) > ($1::timestamptz, $2::uuid) ${condition}
   order by m.created_at, m.user_id
   limit $3::int`;

/** A member, as far as a sentence about them needs to know them. */
export type MemberName = Omit<Person, "id" | "avatarUrl"> & { userId: string };

/** Reads the names of some members, in the order of their names. */
export function readNames(userIds: readonly string[]): Read<MemberName> {
  return { name: "member-names", text: selectNames, values: [userIds] };
}

const selectNames = `
  select m.user_id as "userId", u.name, u.username, coalesce(u.email, i.email) as email,
         case when u.email is null then i.proven_email else u.proven_email end is not null as "emailVerified"
    from memberships m join users u on u.id = m.user_id
    left join identities i on i.user_id = m.user_id and i.provider = 'huggingface'
   where m.organization_id = current_organization_id() and m.user_id = any($1::uuid[])
   order by u.name, m.user_id`;
