import { LiveList } from "../live/live-list.tsx";
import type { Member } from "../tenancy/actor.ts";
import { capitalize } from "../views/capitalize.ts";
import { EmptyState } from "../views/empty-state.tsx";
import { Field, FormAlert, type FormErrors, SelectField, SubmitButton } from "../views/form.tsx";
import { PageHeading } from "../views/page-heading.tsx";
import { PageLinks } from "../views/page-links.tsx";
import { nameRole } from "../views/role-badge.tsx";
import {
  type ListedMember,
  type MemberCounts,
  type MemberPosition,
  writeMemberCount,
} from "./member-list.ts";
import { type ChosenRole, MemberRow } from "./member-view.tsx";
import { InviteLink } from "./invite-link.tsx";
import { maySelect, SelectionForm, type SentSelection } from "./selection-view.tsx";
import { roles } from "../access/roles.ts";
import { membersPath, rolesPath } from "./paths.ts";
import { type MembersPageQuery, statuses } from "./schema.ts";

interface MembersPageProps {
  actor: Member;
  members: readonly ListedMember[];
  /** The last member of this page, if there is a next one. */
  next: MemberPosition | undefined;
  /** Null if the page is empty. */
  counts: MemberCounts | null;
  query: MembersPageQuery;
  errors: FormErrors;
  chosen?: ChosenRole | undefined;
  /** A selection that comes back. */
  sent?: SentSelection | undefined;
}

/** The members of an organization, and the acts that the actor may do to one of them. */
export function MembersPage({
  actor,
  members,
  next,
  counts,
  query,
  errors,
  chosen,
  sent,
}: MembersPageProps) {
  const { organization } = actor;
  const { search, role, status, sort } = query;
  const filters = { search, role, status, sort };
  return (
    <>
      <PageHeading title="Members" action={<InviteLink actor={actor} />}>
        <p class="break-name">
          People in {organization.name} and their roles.{" "}
          <a class="link" href={rolesPath(organization)}>
            What each role may do
          </a>
        </p>
      </PageHeading>
      <div class="grid grid-cols-1 gap-6">
        <FormAlert errors={errors} fields={[]} />
        <Search action={membersPath(organization)} query={query} />
        <LiveList
          list="members"
          organization={organization}
          href={membersPath(organization, query)}
        >
          {counts && <Summary organization={organization} query={query} counts={counts} />}
          {members.length > 0 ? (
            <ul class="divide-y divide-base-300 rounded-box border border-base-300 bg-base-100">
              {members.map((member) => (
                <MemberRow
                  key={member.userId}
                  actor={actor}
                  member={member}
                  query={query}
                  chosen={chosen?.userId === member.userId ? chosen : undefined}
                  sent={sent}
                />
              ))}
            </ul>
          ) : (
            <EmptyState icon="people" title={query.cursor ? "No more members" : "No members match"}>
              <p>
                <a class="link" href={membersPath(organization)}>
                  Show all members
                </a>
              </p>
            </EmptyState>
          )}
          {members.some((member) => maySelect(actor, member)) && (
            <SelectionForm actor={actor} query={query} sent={sent} />
          )}
          <PageLinks
            first={query.cursor && membersPath(organization, { ...filters })}
            next={next && membersPath(organization, { ...filters, cursor: next })}
          />
        </LiveList>
      </div>
    </>
  );
}

const sorts = [
  [undefined, "Joined"],
  ["name", "Name"],
  ["role", "Role"],
] as const;

/** How many members there are, and the links that sort them. */
function Summary({
  organization,
  query: { search, role, status, sort },
  counts: { total, matching },
}: Pick<MembersPageProps, "query"> & {
  organization: Member["organization"];
  counts: MemberCounts;
}) {
  const isFiltered = (search ?? role ?? status) !== undefined;
  return (
    <div class="-my-2 flex flex-wrap items-center justify-between gap-x-6">
      <p>
        {isFiltered && `${writeMemberCount(matching)} of `}
        {writeMemberCount(total)} {total === 1 ? "member" : "members"}
      </p>
      <nav class="flex items-center" aria-label="Sort by">
        <span class="me-1 text-base-content/75" aria-hidden="true">
          Sort by
        </span>
        {sorts.map(([value, label]) => (
          <a
            key={label}
            class="sort-link"
            href={membersPath(organization, { search, role, status, sort: value })}
            aria-current={sort === value ? "true" : undefined}
          >
            {label}
          </a>
        ))}
      </nav>
    </div>
  );
}

function Search({ action, query }: { action: string; query: MembersPageQuery }) {
  return (
    <form
      class="grid grid-cols-2 items-end gap-4 max-sm:*:first:col-span-2 max-sm:*:last:col-span-2 sm:grid-cols-[1fr_9rem_9rem_auto]"
      method="get"
      action={action}
      role="search"
      aria-label="Members"
    >
      <Field
        name="search"
        label="Name, username or email"
        value={query.search ?? ""}
        maxLength={100}
      />
      <SelectField
        name="role"
        label="Role"
        options={[
          { value: "", label: "Any role" },
          ...roles.map((role) => ({ value: role, label: nameRole(role) })),
        ]}
        value={query.role ?? ""}
      />
      <SelectField
        name="status"
        label="Status"
        options={[
          { value: "", label: "Any status" },
          ...statuses.map((status) => ({ value: status, label: capitalize(status) })),
        ]}
        value={query.status ?? ""}
      />
      {query.sort && <input type="hidden" name="sort" value={query.sort} />}
      <SubmitButton tone="plain">Search</SubmitButton>
    </form>
  );
}
