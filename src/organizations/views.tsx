import type { OrganizationWithRole } from "../memberships/membership.ts";
import { Avatar } from "../views/avatar.tsx";
import { Card } from "../views/card.tsx";
import { EmptyState } from "../views/empty-state.tsx";
import { Field, FormAlert, type FormErrors, SubmitButton } from "../views/form.tsx";
import { Icon } from "../views/icon.tsx";
import { PageHeading } from "../views/page-heading.tsx";
import { RoleBadge } from "../views/role-badge.tsx";
import { organizationPath } from "../views/viewer.ts";

interface OrganizationsPageProps {
  organizations: readonly OrganizationWithRole[];
  form: { values: { name: string }; errors: FormErrors };
}

/** The organizations of the person signed in, with their role in each, and the form that makes a new one. */
export function OrganizationsPage({ organizations, form }: OrganizationsPageProps) {
  return (
    <>
      <PageHeading title="Your organizations">
        <p>Each keeps its own people, roles and data.</p>
      </PageHeading>
      <div class="grid items-start gap-8 lg:grid-cols-[1.7fr_1fr]">
        {organizations.length > 0 ? (
          <ul class="divide-y divide-base-300 overflow-hidden rounded-box border border-base-300 bg-base-100">
            {organizations.map((organization) => (
              <OrganizationRow key={organization.slug} organization={organization} />
            ))}
          </ul>
        ) : (
          <EmptyState icon="building" title="You are not in an organization yet">
            <p>Create the first one here. If you expected to join one, ask for an invitation.</p>
          </EmptyState>
        )}
        <CreateOrganization form={form} />
      </div>
    </>
  );
}

function OrganizationRow({ organization }: { organization: OrganizationWithRole }) {
  const path = organizationPath(organization.slug);
  return (
    <li class="relative flex items-center gap-4 px-4 py-4 hover:bg-base-content/4 sm:px-6 sm:py-5">
      <Avatar name={organization.name} shape="organization" />
      <div class="min-w-0 flex-1">
        {/* The link's ::after covers the row: one large target, one short accessible name. */}
        <a class="break-name font-semibold after:absolute after:inset-0" href={path}>
          {organization.name}
        </a>
        <p class="break-name mt-0.5 text-sm text-base-content/75">
          <span class="font-mono text-[0.8125rem]">{path}</span>
        </p>
      </div>
      <RoleBadge role={organization.role} />
      <Icon name="chevronRight" class="size-5 opacity-60 max-sm:hidden" />
    </li>
  );
}

function CreateOrganization({ form }: Pick<OrganizationsPageProps, "form">) {
  return (
    <Card id="create" title="Create an organization" description="You will be its owner.">
      <form class="grid gap-5" method="post" action="/organizations">
        <FormAlert errors={form.errors} fields={["name"]} />
        <Field
          name="name"
          label="Name"
          value={form.values.name}
          hint="Your company, team or project."
          errors={form.errors["name"]}
          autoComplete="organization"
          maxLength={80}
          required
        />
        <div>
          <SubmitButton>Create organization</SubmitButton>
        </div>
      </form>
    </Card>
  );
}
