import { describePermissions } from "../access/describe-permissions.ts";
import type { OrganizationWithRole } from "../access/membership.ts";
import { roleMeaning } from "../access/role-meaning.ts";
import { hasPermission, permissions, type Role } from "../access/roles.ts";
import { OrganizationAvatar } from "../views/avatar.tsx";
import { capitalize } from "../views/capitalize.ts";
import { Card } from "../views/card.tsx";
import { DateText } from "../views/date-text.tsx";
import { Icon } from "../views/icon.tsx";
import { PageHeading } from "../views/page-heading.tsx";
import { renderOnce } from "../views/render-once.ts";
import { RoleBadge } from "../views/role-badge.tsx";
import { organizationPath } from "../access/organization-path.ts";

interface OrganizationHomePageProps {
  organization: Omit<OrganizationWithRole, "role"> & { createdAt: Date };
  role: Role;
  memberCount: number;
  /** Whether Logto does not have all changes yet. */
  isBehind: boolean;
}

/** The home page of an organization: facts about it, and the permissions of the member. */
export function OrganizationHomePage(props: OrganizationHomePageProps) {
  const { organization, role, memberCount, isBehind } = props;
  return (
    <>
      <PageHeading
        title={`Welcome to ${organization.name}`}
        mark={
          <span class="max-sm:hidden">
            <OrganizationAvatar organization={organization} size="large" />
          </span>
        }
      >
        <p class="break-name font-mono text-base">{organizationPath(organization.slug)}</p>
      </PageHeading>
      <div class="grid items-start gap-6 lg:grid-cols-[1.7fr_1fr]">
        <Card id="role" title="Your role">
          {drawRole(role)}
        </Card>
        <Card id="about" title="About">
          <dl class="grid gap-5">
            <div>
              <dt class="text-sm text-base-content/75">People</dt>
              <dd class="mt-0.5 flex items-center gap-2 text-lg font-semibold">
                <Icon name="people" class="size-5 text-primary" />
                {countMembers(memberCount)}
              </dd>
            </div>
            <div>
              <dt class="text-sm text-base-content/75">Since</dt>
              <dd class="mt-0.5 text-lg font-semibold">
                <DateText date={organization.createdAt} />
              </dd>
            </div>
            {isBehind && (
              <div>
                <dt class="text-sm text-base-content/75">Sign-in service</dt>
                <dd class="mt-1">
                  <span class="badge badge-sm badge-warning font-medium">Catching up</span>
                  <p class="mt-1.5 text-sm text-base-content/80">
                    The latest changes here have not reached it yet. They count all the same.
                  </p>
                </dd>
              </div>
            )}
          </dl>
        </Card>
      </div>
    </>
  );
}

const drawRole = renderOnce((role: Role) => {
  const own = permissions.filter((permission) => hasPermission(role, permission));
  return (
    <>
      <div class="flex flex-wrap items-baseline gap-x-3 gap-y-2">
        <RoleBadge role={role} />
        <p class="min-w-60 flex-1 text-lg">{roleMeaning[role]}</p>
      </div>
      <h3 class="mt-7 border-t border-base-300 pt-6 font-semibold">What you may do</h3>
      <dl class="mt-3 grid gap-x-6 gap-y-0.5 sm:grid-cols-[auto_1fr] sm:gap-y-2">
        {describePermissions(own).map(({ resource, actions }) => (
          <div key={resource} class="contents">
            <dt class="font-semibold">{capitalize(resource)}</dt>
            <dd class="mb-2.5 text-base-content/80 sm:mb-0">
              {actions.map(({ action }) => action).join(", ")}
            </dd>
          </div>
        ))}
      </dl>
    </>
  );
});

const numbers = new Intl.NumberFormat("en");

/** "1 member", "1,204 members". */
function countMembers(count: number): string {
  return `${numbers.format(count)} ${count === 1 ? "member" : "members"}`;
}
