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

/** How many members there are, and how many of them the filters show: each at most {@link mostCounted}. */
export type MemberCounts = { total: number; matching: number };

/** The position of a member in a list: when they joined, and the text that the order compares before that, if there is one. */
export type MemberPosition = Position & { role?: Role | undefined; name?: string | undefined };

export type MemberQuery = {
  /** Part of a name, a username or an email address. */
  search?: string | undefined;
  role?: Role | undefined;
  status?: "active" | "suspended" | undefined;
  /** Left out: the order in which they joined. */
  sort?: "name" | "role" | undefined;
  /** The last member of the previous page. */
  cursor?: MemberPosition | undefined;
  limit?: number | undefined;
};

/** A row of `readMembers`. */
export type MemberRow = ListedMember &
  Partial<MemberCounts> & {
    /** The text that the order compares before the time. */
    sortKey?: string;
  };

/** Counting takes half a microsecond a member. */
export const mostCounted = 2_000;

/** Lists members of an organization for a route that did not read them (`readMembers`). */
export async function listMembers(
  database: TenantDatabase,
  organizationId: string,
  query: MemberQuery,
): Promise<MemberList> {
  const read = readMembers(query, { counts: true });
  return pageOfMembers(await database.readOrganization(organizationId, read), query);
}

export type MemberList = {
  members: ListedMember[];
  next: MemberPosition | undefined;
  /** Null if the page is empty, or did not ask for them. */
  counts: MemberCounts | null;
};

/** Makes a page of the rows of `readMembers`. @returns where the next page begins, if there is one */
export function pageOfMembers(
  found: readonly MemberRow[],
  { sort, limit = 20 }: MemberQuery,
): MemberList {
  const last = found.length > limit ? found[limit - 1] : undefined;
  const { total, matching }: Partial<MemberCounts> = found[0] ?? {};
  return {
    members: found
      .slice(0, limit)
      .map(({ total: _total, matching: _matching, sortKey: _key, ...member }) => member),
    next: last && {
      time: last.joinedAt.toISOString(),
      id: last.userId,
      ...(sort !== undefined && { [sort]: last.sortKey }),
    },
    counts: total === undefined ? null : { total, matching: matching ?? total },
  };
}

/**
 * Reads members, including suspended ones, 20 unless the query has a limit, and one more if there is a next page. A page begins
 * behind the values of the last member of the page before, so members who join or leave between two pages do not make other
 * members disappear or repeat.
 *
 * In the order in which they joined, it scans an index from the cursor on until the page is full: without a filter that is a few
 * rows, however many members there are. The other orders sort all members. (An index by role would not help with a filter:
 * PostgreSQL compares an enum only after row-level security has passed a row.)
 */
export function readMembers(query: MemberQuery, { counts = false } = {}): Read<MemberRow> {
  const { search, role, status, sort, cursor, limit = 20 } = query;
  const values = [
    cursor?.time ?? "-infinity",
    cursor?.id ?? "00000000-0000-0000-0000-000000000000",
    limit + 1,
  ];
  const isFiltered = search !== undefined || role !== undefined || status !== undefined;
  const columns = counts ? [countAll, ...(isFiltered ? [countMatching] : [])] : [];
  if (!isFiltered && sort === undefined) {
    const name = counts ? "list-members-counted" : "list-members";
    return { name, text: select(orders.joined, "", columns), values };
  }
  const pattern =
    search === undefined ? null : `%${search.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`;
  // Without a name, PostgreSQL plans it each time: the best plan depends on the values.
  return {
    name: "",
    text: select(orders[sort ?? "joined"], filter, columns),
    values: [
      ...values,
      role,
      pattern,
      status,
      ...(sort === undefined ? [] : [cursor?.[sort] ?? null]),
    ],
  };
}

/** The letters of a name without accents and capitals, so that É is beside E in every collation. */
const nameKey = String.raw`left(regexp_replace(normalize(lower(coalesce(nullif(u.name, ''), u.username, u.email, i.email, '')), nfd),
                                               '[\u0300-\u036f]', '', 'g'), 60)`;

/** The order of the members, and the condition for those behind the cursor. */
const orders = {
  joined: {
    by: "m.created_at, m.user_id",
    after: "(m.created_at, m.user_id) > ($1::timestamptz, $2::uuid)",
  },
  name: {
    key: nameKey,
    by: `${nameKey}, m.created_at, m.user_id`,
    after: `($7::text is null
         or (${nameKey}, m.created_at, m.user_id) > ($7::text, $1::timestamptz, $2::uuid))`,
  },
  role: {
    key: "m.role",
    by: "m.role, m.created_at, m.user_id",
    after: `($7::text is null
         or (m.role, m.created_at, m.user_id) > ($7::text::role, $1::timestamptz, $2::uuid))`,
  },
};

const filter = `
     and ($4::role is null or m.role = $4)
     and ($6::text is null or (m.suspended_at is not null) = ($6 = 'suspended'))
     and ($5::text is null or u.name ilike $5 or u.username ilike $5
          or coalesce(u.email, i.email) ilike $5)`;

const from = `memberships m join users u on u.id = m.user_id
    left join identities i on i.user_id = m.user_id and i.provider = 'huggingface'
   where m.organization_id = current_organization_id()`;

const countRows = (rows: string) =>
  `(select count(*)::int from (select ${rows} limit ${mostCounted}) counted)`;

const numbers = new Intl.NumberFormat("en");

/** "1,204", or "2,000+" where they were not all counted. */
export const writeMemberCount = (count: number) =>
  `${numbers.format(count)}${count === mostCounted ? "+" : ""}`;

/** SQL that counts the members of the current organization, up to {@link mostCounted}. */
export const countMembers = countRows(
  "from memberships where organization_id = current_organization_id()",
);
const countAll = `${countMembers} as total`;

const countMatching = `${countRows(`from ${from} ${filter}`)} as matching`;

const select = (
  order: { by: string; after: string; key?: string },
  condition: "" | typeof filter,
  columns: readonly string[],
) => `
  select m.user_id as "userId", u.name, u.username, u.avatar_url as "avatarUrl",
         coalesce(u.email, i.email) as email,
         case when u.email is null then i.proven_email else u.proven_email end is not null as "emailVerified",
         m.role, u.is_machine as "isMachine", m.suspended_at is not null as "isSuspended", m.created_at as "joinedAt",
         m.role = 'owner' and m.suspended_at is null and not exists (
           select from memberships o
            where o.organization_id = m.organization_id and o.user_id <> m.user_id
              and o.role = 'owner' and o.suspended_at is null) as "isOnlyOwner"
         ${[...columns, ...(order.key === undefined ? [] : [`${order.key} as "sortKey"`])].map((column) => `, ${column}`).join("")}
    from ${from}
     and ${order.after} ${condition}
   order by ${order.by}
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
