import type { OrganizationWithRole } from "../access/membership.ts";
import { Avatar, OrganizationAvatar } from "../views/avatar.tsx";
import { Card } from "../views/card.tsx";
import { RelativeTime } from "../views/date-text.tsx";
import { EmptyState } from "../views/empty-state.tsx";
import { SubmitButton } from "../views/form.tsx";
import { Icon } from "../views/icon.tsx";
import { PageHeading } from "../views/page-heading.tsx";
import { RoleBadge } from "../views/role-badge.tsx";
import { organizationPath } from "../access/organization-path.ts";
import type { Account } from "./account.ts";
import { profilePath } from "./profile-view.tsx";
import type { ProviderLinks } from "./provider-links.ts";
import { sessionsPath } from "./sessions-view.tsx";
import { ButtonLink, LinkedAccounts, SignInMethods } from "./sign-in-view.tsx";
import { nameTimeZone } from "./time-zones.ts";

interface AccountPageProps {
  /** `name` is what to call them. */
  account: Account & { name: string };
  organizations: readonly OrganizationWithRole[];
  links: ProviderLinks;
}

/** A person's own page: their profile, how they sign in, and their organizations. */
export function AccountPage({ account, organizations, links }: AccountPageProps) {
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
          <Profile account={account} links={links} />
          <SignInMethods links={links} />
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
            description="See the browsers that are signed in to your account, and sign out of any of them."
          >
            <ButtonLink href={sessionsPath}>Manage sessions</ButtonLink>
          </Card>
          <Card
            id="deletion"
            title="Delete your account"
            description="You leave all organizations, and your personal data here is erased."
          >
            <ButtonLink href="/account/deletion">Delete your account…</ButtonLink>
          </Card>
        </div>
      </div>
    </>
  );
}

function Profile({ account, links }: Pick<AccountPageProps, "account" | "links">) {
  const { name, username, hasOwnEmail, createdAt, timeZone } = account;
  return (
    <Card id="profile" title="Profile">
      <dl class="grid gap-x-8 gap-y-1 sm:grid-cols-[auto_1fr] sm:gap-y-4 [&_dd]:mb-3 sm:[&_dd]:mb-0 [&_dt]:text-base-content/75">
        <dt>Name</dt>
        <dd class="break-name font-semibold">{name}</dd>
        <dt>Username</dt>
        <dd class="flex flex-wrap items-center gap-x-3 gap-y-1">
          {username ? (
            <span class="break-name font-semibold">{username}</span>
          ) : (
            <span class="text-base-content/75">None</span>
          )}
          <ChangeLink href={links.username} what="username" isThere={username !== null} />
        </dd>
        <dt>Email</dt>
        <dd class="flex flex-wrap items-center gap-x-3 gap-y-1">
          <EmailAddress email={account.email} isVerified={account.emailVerified} />
          <ChangeLink href={links.email} what="email address" isThere={hasOwnEmail} />
        </dd>
        <dt>Time zone</dt>
        <dd class="font-semibold">{nameTimeZone(timeZone ?? "UTC")}</dd>
        <dt>Account created</dt>
        <dd class="font-semibold first-letter:uppercase">
          <RelativeTime date={createdAt} />
        </dd>
      </dl>
      {!hasOwnEmail && (
        <p class="mt-5 text-sm text-base-content/75">
          To add a username or an email address, you need a password. If you have none yet, set one
          first, under “Sign-in and security”.
        </p>
      )}
      <div class="mt-5">
        <ButtonLink href={profilePath}>Edit profile</ButtonLink>
      </div>
    </Card>
  );
}

interface ChangeLinkProps {
  href: string;
  what: string;
  isThere: boolean;
}

function ChangeLink({ href, what, isThere }: ChangeLinkProps) {
  return (
    <a class="link link-primary" href={href}>
      {isThere ? "Change" : "Add"}
      <span class="sr-only"> your {what}</span>
    </a>
  );
}

function EmailAddress({ email, isVerified }: { email: string | null; isVerified: boolean }) {
  if (email === null) {
    return (
      <span class="text-base-content/75">
        No email address. Add one to receive invitations and notices.
      </span>
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
              <OrganizationAvatar organization={organization} />
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
