import { longestName } from "../http/name-field.ts";
import type { OrganizationWithRole } from "../access/membership.ts";
import { Avatar, OrganizationAvatar } from "../views/avatar.tsx";
import { Card } from "../views/card.tsx";
import { DateText } from "../views/date-text.tsx";
import { EmptyState } from "../views/empty-state.tsx";
import { Field, type FilledForm, FormAlert, readField, SubmitButton } from "../views/form.tsx";
import { Icon } from "../views/icon.tsx";
import { PageHeading } from "../views/page-heading.tsx";
import { RoleBadge, SuspendedBadge } from "../views/role-badge.tsx";
import { organizationPath } from "../access/organization-path.ts";
import type { JoinOption } from "../tenancy/join-options.ts";
import { findPurgeDate } from "./deletion.ts";
import type { ListedOrganization } from "./organization.ts";

type OrganizationInList = OrganizationWithRole &
  Partial<Pick<ListedOrganization, "isSuspended" | "deletedAt">> & {
    /** The address that the form posts to which restores a deleted one. */
    restoreAction?: string;
  };

interface OrganizationsPageProps {
  organizations: readonly OrganizationInList[];
  /** The organizations that the person could join, or has asked to join. */
  joinOptions?: readonly JoinOption[];
  form: FilledForm;
  /** The address that the form for a new organization posts to. */
  createAction?: string;
}

/** The organizations of the person signed in, with their role in each, and the form that makes a new one. */
export function OrganizationsPage({
  organizations,
  joinOptions = [],
  form,
  createAction,
}: OrganizationsPageProps) {
  return (
    <>
      <PageHeading title="Your organizations">
        <p>Each keeps its own people, roles and data.</p>
      </PageHeading>
      <div class="grid items-start gap-8 lg:grid-cols-[1.7fr_1fr]">
        <div class="grid gap-8">
          {joinOptions.length > 0 && <JoinOptions joinOptions={joinOptions} />}
          {organizations.length > 0 ? (
            <ul class="divide-y divide-base-300 overflow-hidden rounded-box border border-base-300 bg-base-100">
              {organizations.map((organization) => (
                <OrganizationRow key={organization.slug} organization={organization} />
              ))}
            </ul>
          ) : (
            <EmptyState icon="building" title="You are not in an organization yet">
              <p>
                {joinOptions.length > 0
                  ? "Choose one above, or create one of your own."
                  : "Create the first one here. If you expected to join one, ask one of its admins for an invitation."}
              </p>
            </EmptyState>
          )}
        </div>
        <CreateOrganization form={form} {...(createAction !== undefined && { createAction })} />
      </div>
    </>
  );
}

function JoinOptions({ joinOptions }: { joinOptions: readonly JoinOption[] }) {
  return (
    <section aria-labelledby="join-options-title">
      <h2 id="join-options-title" class="mb-3 text-xl font-bold tracking-tight">
        Open to you
      </h2>
      <ul class="divide-y divide-base-300 overflow-hidden rounded-box border border-primary/40 bg-base-100">
        {joinOptions.map(({ organizationName, text, actions }) => (
          <li
            key={`${organizationName} ${text}`}
            class="flex flex-wrap items-center gap-4 px-4 py-4 sm:px-6 sm:py-5"
          >
            <Avatar name={organizationName} shape="organization" />
            <div class="min-w-48 flex-1">
              <p class="break-name font-semibold">{organizationName}</p>
              <p class="break-name mt-0.5 text-sm text-base-content/75">{text}</p>
            </div>
            <div class="flex flex-wrap gap-3 max-sm:w-full">
              {actions.map(({ label, action, tone }) => (
                <form key={action} class="max-sm:w-full" method="post" action={action}>
                  <SubmitButton tone={tone}>
                    {label}
                    <span class="sr-only"> {organizationName}</span>
                  </SubmitButton>
                </form>
              ))}
            </div>
          </li>
        ))}
      </ul>
    </section>
  );
}

function OrganizationRow({ organization }: { organization: OrganizationInList }) {
  const { name, slug, role, isSuspended = false, deletedAt, restoreAction } = organization;
  const path = organizationPath(slug);
  const isOpen = !isSuspended && !deletedAt;
  return (
    <li
      class={`relative flex flex-wrap items-center gap-4 px-4 py-4 sm:px-6 sm:py-5 ${isOpen ? "hover:bg-base-content/4" : ""}`}
    >
      <OrganizationAvatar organization={organization} />
      <div class="min-w-0 flex-1">
        {isOpen ? (
          // The link's ::after covers the row: one large target, one short accessible name.
          <a class="break-name font-semibold after:absolute after:inset-0" href={path}>
            {name}
          </a>
        ) : (
          <p class="break-name font-semibold">{name}</p>
        )}
        <p class="break-name mt-0.5 text-sm text-base-content/75">
          {deletedAt ? (
            <>
              Deleted. You can restore it until <DateText date={findPurgeDate(deletedAt)} />.
            </>
          ) : isSuspended ? (
            "An admin has suspended your access."
          ) : (
            <span class="font-mono text-[0.8125rem]">{path}</span>
          )}
        </p>
      </div>
      {deletedAt ? (
        <form class="max-sm:w-full" method="post" action={restoreAction}>
          <SubmitButton tone="plain">
            Restore<span class="sr-only"> {name}</span>
          </SubmitButton>
        </form>
      ) : isSuspended ? (
        <SuspendedBadge />
      ) : (
        <>
          <RoleBadge role={role} />
          <Icon name="chevronRight" class="size-5 opacity-60 max-sm:hidden" />
        </>
      )}
    </li>
  );
}

function CreateOrganization({
  form,
  createAction = "/organizations",
}: Pick<OrganizationsPageProps, "form" | "createAction">) {
  return (
    <Card id="create" title="Create an organization" description="You will be its owner.">
      <form class="grid gap-5" method="post" action={createAction}>
        <FormAlert errors={form.errors} fields={["name"]} />
        <Field
          name="name"
          label="Name"
          value={readField(form, "name")}
          hint="Your company, team or project."
          errors={form.errors["name"]}
          autoComplete="organization"
          maxLength={longestName}
          required
        />
        <div>
          <SubmitButton>Create organization</SubmitButton>
        </div>
      </form>
    </Card>
  );
}
