import type { Member } from "../tenancy/actor.ts";
import type { Position } from "../http/cursor-field.ts";
import { withQuery } from "../http/with-query.ts";
import { EmptyState } from "../views/empty-state.tsx";
import { Field, FormAlert, type FormErrors, SelectField, SubmitButton } from "../views/form.tsx";
import { PageHeading } from "../views/page-heading.tsx";
import { PageLinks } from "../views/page-links.tsx";
import { nameRole } from "../views/role-badge.tsx";
import { organizationPath } from "../access/organization-path.ts";
import type { ListedMember } from "./member-list.ts";
import { type ChosenRole, MemberRow } from "./member-view.tsx";
import { roles } from "../access/roles.ts";
import { RolesCard } from "./roles-view.tsx";
import { type MembersPageQuery, writeFilters } from "./schema.ts";

interface MembersPageProps {
  actor: Member;
  members: readonly ListedMember[];
  /** The last member of this page, if there is a next one. */
  next: Position | undefined;
  query: MembersPageQuery;
  errors: FormErrors;
  chosen?: ChosenRole | undefined;
}

/** The address of an organization's members, or of some of them. */
export function membersPath({ slug }: { slug: string }, query: MembersPageQuery = {}): string {
  return withQuery(`${organizationPath(slug)}/members`, writeFilters(query));
}

/** The members of an organization, the acts that the actor may do, and the permissions of each role. */
export function MembersPage({ actor, members, next, query, errors, chosen }: MembersPageProps) {
  const { organization } = actor;
  return (
    <>
      <PageHeading title="Members">
        <p class="break-name">Everyone in {organization.name}, with their roles.</p>
      </PageHeading>
      <div class="grid grid-cols-1 gap-6">
        <FormAlert errors={errors} fields={[]} />
        <Search action={membersPath(organization)} query={query} />
        {members.length > 0 ? (
          <ul class="divide-y divide-base-300 rounded-box border border-base-300 bg-base-100">
            {members.map((member) => (
              <MemberRow
                key={member.userId}
                actor={actor}
                member={member}
                query={query}
                chosen={chosen?.userId === member.userId ? chosen : undefined}
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
        <PageLinks
          first={query.cursor && membersPath(organization, { ...query, cursor: undefined })}
          next={next && membersPath(organization, { ...query, cursor: next })}
        />
        <RolesCard own={actor.role} />
      </div>
    </>
  );
}

function Search({ action, query }: { action: string; query: MembersPageQuery }) {
  return (
    <form
      class="grid items-end gap-4 sm:grid-cols-[1fr_11rem_auto]"
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
      <SubmitButton tone="plain">Search</SubmitButton>
    </form>
  );
}
