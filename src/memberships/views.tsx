import { LiveList } from "../live/live-list.tsx";
import type { Member } from "../tenancy/actor.ts";
import type { Position } from "../http/cursor-field.ts";
import { capitalize } from "../views/capitalize.ts";
import { EmptyState } from "../views/empty-state.tsx";
import { Field, FormAlert, type FormErrors, SelectField, SubmitButton } from "../views/form.tsx";
import { PageHeading } from "../views/page-heading.tsx";
import { PageLinks } from "../views/page-links.tsx";
import { nameRole } from "../views/role-badge.tsx";
import type { ListedMember } from "./member-list.ts";
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
  next: Position | undefined;
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
  query,
  errors,
  chosen,
  sent,
}: MembersPageProps) {
  const { organization } = actor;
  const { search, role, status } = query;
  return (
    <>
      <PageHeading title="Members">
        <p class="break-name">
          Everyone in {organization.name}, with their roles.{" "}
          <a class="link" href={rolesPath(organization)}>
            What each role may do
          </a>
        </p>
        <InviteLink actor={actor} />
      </PageHeading>
      <div class="grid grid-cols-1 gap-6">
        <FormAlert errors={errors} fields={[]} />
        <Search action={membersPath(organization)} query={query} />
        <LiveList
          list="members"
          organization={organization}
          href={membersPath(organization, query)}
        >
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
            <EmptyState icon="people" title={query.cursor ? "No more members" : "Nobody matches"}>
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
            first={query.cursor && membersPath(organization, { search, role, status })}
            next={next && membersPath(organization, { search, role, status, cursor: next })}
          />
        </LiveList>
      </div>
    </>
  );
}

function Search({ action, query }: { action: string; query: MembersPageQuery }) {
  return (
    <form
      class="grid items-end gap-4 sm:grid-cols-[1fr_9rem_9rem_auto]"
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
      <SubmitButton tone="plain">Search</SubmitButton>
    </form>
  );
}
