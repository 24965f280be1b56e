import type { TenantDatabase } from "../database/database.ts";
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
    joinedAt: Date;
  };

export type MemberQuery = {
  organizationId: string;
  /** Part of a name, a username or an email address. */
  search?: string | undefined;
  role?: Role | undefined;
  /** The last member of the previous page. */
  cursor?: Position | undefined;
  limit?: number | undefined;
};

/**
 * Lists members, including suspended ones, in the order in which they joined. That order never changes, so members who join
 * or leave between two pages do not make other members disappear or repeat.
 *
 * @returns 20 members unless the query has a limit, and where the next page begins
 */
export async function listMembers(
  database: TenantDatabase,
  query: MemberQuery,
): Promise<{ members: ListedMember[]; next: Position | undefined }> {
  const { limit = 20 } = query;
  const statement = memberStatement({ ...query, limit: limit + 1 });
  const found = await database.readOrganization<ListedMember>(query.organizationId, statement);
  const members = found.slice(0, limit);
  const last = found.length > limit ? members.at(-1) : undefined;
  return {
    members,
    next: last && { time: last.joinedAt.toISOString(), id: last.userId },
  };
}

/**
 * The statement of the list. It scans an index from the cursor on until the page is full: without a filter that is a few
 * rows, however many members there are. (An index by role would not help: PostgreSQL compares an enum only after row-level
 * security has passed a row.)
 */
export function memberStatement(query: MemberQuery & { limit: number }) {
  const { organizationId, search, role, cursor, limit } = query;
  const values = [
    organizationId,
    cursor?.time ?? "-infinity",
    cursor?.id ?? "00000000-0000-0000-0000-000000000000",
    limit,
  ];
  if (search === undefined && role === undefined) {
    return { name: "list-members", text: select(""), values };
  }
  const pattern =
    search === undefined ? null : `%${search.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`;
  // Without a name, PostgreSQL plans it each time: the best plan depends on the values.
  return { name: "", text: select(filter), values: [...values, role, pattern] };
}

const filter = `
     and ($5::role is null or m.role = $5)
     and ($6::text is null or u.name ilike $6 or u.username ilike $6
          or coalesce(u.email, i.email) ilike $6)`;

const select = (condition: "" | typeof filter) => `
  select m.user_id as "userId", u.name, u.username, u.avatar_url as "avatarUrl",
         coalesce(u.email, i.email) as email,
         case when u.email is null then i.proven_email else u.proven_email end is not null as "emailVerified",
         m.role, u.is_machine as "isMachine", m.suspended_at is not null as "isSuspended", m.created_at as "joinedAt"
    from memberships m join users u on u.id = m.user_id
    left join identities i on i.user_id = m.user_id and i.provider = 'huggingface'
   where m.organization_id = $1::uuid
     and (m.created_at, m.user_id) > ($2::timestamptz, $3::uuid) ${condition}
   order by m.created_at, m.user_id
   limit $4::int`;
