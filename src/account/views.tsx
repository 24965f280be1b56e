import type { ComponentChildren } from "preact";

import { showEmail } from "../identity/display-name.ts";
import type { OrganizationWithRole } from "../access/membership.ts";
import { Avatar } from "../views/avatar.tsx";
import { capitalize } from "../views/capitalize.ts";
import { Card } from "../views/card.tsx";
import { DateText } from "../views/date-text.tsx";
import { EmptyState } from "../views/empty-state.tsx";
import { SubmitButton } from "../views/form.tsx";
import { Icon } from "../views/icon.tsx";
import { HuggingFace } from "../views/logo.tsx";
import { PageHeading } from "../views/page-heading.tsx";
import { RoleBadge } from "../views/role-badge.tsx";
import { organizationPath } from "../access/organization-path.ts";
import type { Account } from "./account.ts";
import { sessionsPath } from "./sessions-view.tsx";

interface AccountPageProps {
  /** `name` is what to call them. */
  account: Account & { name: string };
  organizations: readonly OrganizationWithRole[];
}

/** A person's own page: their profile, the accounts that sign them in, and their organizations. */
export function AccountPage({ account, organizations }: AccountPageProps) {
  const { name, avatarUrl } = account;
  return (
    <>
      <PageHeading
        title="Your account"
        mark={<Avatar name={name} imageUrl={avatarUrl} size="large" />}
      >
        <p class="break-name">{name}</p>
      </PageHeading>
      <div class="grid items-start gap-6 lg:grid-cols-2">
        <div class="grid gap-6">
          <Profile account={account} />
          <LinkedAccounts account={account} />
        </div>
        <div class="grid gap-6">
          <Organizations organizations={organizations} />
          <Card
            id="sign-out"
            title="Sign out"
            description="Ends your session on this device, here and at the identity provider."
          >
            <form method="post" action="/sign-out">
              <SubmitButton tone="plain">Sign out</SubmitButton>
            </form>
          </Card>
          <Card
            id="sessions"
            title="Where you are signed in"
            description="Every browser with a session of yours, and the way to end it."
          >
            <a class="btn btn-outline text-base max-sm:w-full" href={sessionsPath}>
              Show your sessions
            </a>
          </Card>
          <Card
            id="deletion"
            title="Delete your account"
            description="Leaves all organizations, and erases what is kept about you here."
          >
            <a class="btn btn-outline text-base max-sm:w-full" href="/account/deletion">
              Delete your account…
            </a>
          </Card>
        </div>
      </div>
    </>
  );
}

function Profile({ account }: Pick<AccountPageProps, "account">) {
  const { name, username, email, emailVerified, createdAt } = account;
  return (
    <Card id="profile" title="Profile">
      <dl class="grid gap-x-8 gap-y-1 sm:grid-cols-[auto_1fr] sm:gap-y-4 [&_dd]:mb-3 sm:[&_dd]:mb-0 [&_dt]:text-base-content/75">
        <dt>Name</dt>
        <dd class="break-name font-semibold">{name}</dd>
        {username && (
          <>
            <dt>Username</dt>
            <dd class="break-name font-semibold">{username}</dd>
          </>
        )}
        <dt>Email</dt>
        <dd>
          <EmailAddress email={email} isVerified={emailVerified} />
        </dd>
        <dt>With us since</dt>
        <dd class="font-semibold">
          <DateText date={createdAt} />
        </dd>
      </dl>
    </Card>
  );
}

function EmailAddress({ email, isVerified }: { email: string | null; isVerified: boolean }) {
  if (email === null) {
    return (
      <>
        <span class="font-semibold">None, and that is fine.</span>{" "}
        <span class="text-base-content/75">Everything here works without one.</span>
      </>
    );
  }
  return (
    <span class="flex flex-wrap items-center gap-x-3 gap-y-1">
      <span class="break-name font-semibold">{email}</span>
      {isVerified ? (
        <span class="flex items-center gap-1 text-sm text-success">
          <Icon name="circleCheck" class="size-4" />
          Verified
        </span>
      ) : (
        <span class="flex items-center gap-1 text-sm text-warning">
          <Icon name="triangleAlert" class="size-4" />
          Not verified
        </span>
      )}
    </span>
  );
}

function LinkedAccounts({
  account: { identities, singleSignOn },
}: Pick<AccountPageProps, "account">) {
  return (
    <Card
      id="linked-accounts"
      title="Linked accounts"
      description="Accounts elsewhere that sign you in here."
    >
      {identities.length + singleSignOn.length === 0 ? (
        <EmptyState icon="key" title="No linked accounts">
          <p>How you sign in is set up at our identity provider.</p>
        </EmptyState>
      ) : (
        <ul class="grid gap-4">
          {identities.map(({ provider, handle, name, email, provenEmail }) => (
            <LinkedAccount
              key={`${provider} ${handle}`}
              icon={provider === "huggingface" ? <HuggingFace /> : <Icon name="key" />}
              title={nameProvider(provider)}
              details={[
                handle && `@${handle}`,
                name,
                email ? showEmail(email, { isVerified: provenEmail !== null }) : null,
              ]}
            />
          ))}
          {singleSignOn.map(({ issuer, account }) => (
            <LinkedAccount
              key={issuer}
              icon={<Icon name="building" />}
              title="Single sign-on"
              details={[account, URL.parse(issuer)?.host ?? issuer]}
            />
          ))}
        </ul>
      )}
    </Card>
  );
}

interface LinkedAccountProps {
  icon: ComponentChildren;
  title: string;
  details: readonly (string | null)[];
}

function LinkedAccount({ icon, title, details }: LinkedAccountProps) {
  return (
    <li class="flex items-center gap-3.5">
      <span class="grid size-10 place-items-center rounded-field bg-base-200">{icon}</span>
      <div class="min-w-0">
        <p class="font-semibold">{title}</p>
        <p class="break-name text-sm text-base-content/75">{details.filter(Boolean).join(" · ")}</p>
      </div>
    </li>
  );
}

function nameProvider(provider: string): string {
  if (provider === "huggingface") return "Hugging Face";
  return capitalize(provider);
}

function Organizations({ organizations }: Pick<AccountPageProps, "organizations">) {
  return (
    <Card id="organizations" title="Organizations">
      {organizations.length === 0 ? (
        <EmptyState icon="building" title="You are not in an organization yet">
          <a class="link link-primary" href="/organizations#create">
            Create an organization
          </a>
        </EmptyState>
      ) : (
        <ul class="grid gap-4">
          {organizations.map((organization) => (
            <li key={organization.slug} class="flex items-center gap-3.5">
              <Avatar name={organization.name} shape="organization" />
              <a
                class="link link-hover break-name min-w-0 flex-1 font-semibold"
                href={organizationPath(organization.slug)}
              >
                {organization.name}
              </a>
              <RoleBadge role={organization.role} />
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}
