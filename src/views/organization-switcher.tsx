import type { OrganizationWithRole } from "../access/membership.ts";
import { Avatar } from "./avatar.tsx";
import { HeaderLink, HeaderMenu, menuRowClass } from "./header-menu.tsx";
import { Icon } from "./icon.tsx";
import { RoleBadge } from "./role-badge.tsx";
import { organizationPath } from "./viewer.ts";

const classes = {
  nav: "min-w-0",
  menu: "max-w-full",
  button: "max-w-full justify-start gap-2.5 px-2 text-base",
  panel: "sm:start-0 sm:w-96",
};

interface OrganizationSwitcherProps {
  organizations: readonly OrganizationWithRole[];
  current?: OrganizationWithRole | undefined;
}

/** The menu that changes the organization. It has plain links, so that two tabs can be in two organizations. */
export function OrganizationSwitcher({ organizations, current }: OrganizationSwitcherProps) {
  const button = (
    <>
      {current && <Avatar name={current.name} shape="organization" size="small" />}
      {current && <span class="sr-only">Switch organization, now in</span>}
      <span class="truncate">{current?.name ?? "Organizations"}</span>
    </>
  );
  return (
    <HeaderMenu label="Organizations" classes={classes} button={button}>
      {organizations.length > 0 && (
        <ul class="max-h-80 overflow-y-auto border-b border-base-300 p-2">
          {organizations.map((organization) => (
            <OrganizationItem
              key={organization.slug}
              organization={organization}
              isCurrent={organization.slug === current?.slug}
            />
          ))}
        </ul>
      )}
      <ul class="p-2">
        <HeaderLink href="/organizations" icon="building" text="All organizations" />
        <HeaderLink href="/organizations#create" icon="plus" text="Create an organization" />
      </ul>
    </HeaderMenu>
  );
}

interface OrganizationItemProps {
  organization: OrganizationWithRole;
  isCurrent: boolean;
}

function OrganizationItem({
  organization: { slug, name, role },
  isCurrent,
}: OrganizationItemProps) {
  return (
    <li>
      <a
        class={`${menuRowClass} ${isCurrent ? "bg-primary/10 font-semibold" : ""}`}
        href={organizationPath(slug)}
        aria-current={isCurrent ? "true" : undefined}
      >
        <Avatar name={name} shape="organization" size="small" />
        <span class="min-w-0 flex-1 truncate">{name}</span>
        {isCurrent && <Icon name="check" class="size-4 text-primary" />}
        <RoleBadge role={role} />
      </a>
    </li>
  );
}
