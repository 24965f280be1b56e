import type { OrganizationWithRole } from "../access/membership.ts";
import type { Role } from "../access/roles.ts";
import { OrganizationAvatar } from "./avatar.tsx";
import { Icon } from "./icon.tsx";
import { HeaderMenu, menuRowClass } from "./header-menu.tsx";
import { renderOnce } from "./render-once.ts";
import { RoleBadge } from "./role-badge.tsx";
import { organizationPath } from "../access/organization-path.ts";

/** A person with more organizations than that can search them. */
const mostWithoutSearch = 7;

interface OrganizationSwitcherProps {
  organizations: readonly OrganizationWithRole[];
  current?: OrganizationWithRole | undefined;
  /** The path of the section behind `/o/:slug` that a role would see elsewhere; empty: the home. */
  sectionFor?: ((role: Role) => string) | undefined;
}

/**
 * The menu that changes the organization. It has plain links, so that two tabs can be in two organizations. They lead to the same
 * section, where the role allows it. Organizations of the same name show their addresses.
 */
export function OrganizationSwitcher(props: OrganizationSwitcherProps) {
  const { organizations, current, sectionFor } = props;
  const names = organizations.map(({ name }) => name);
  return (
    <HeaderMenu
      id="organizations-menu"
      label="Organizations"
      openerClass="max-w-full justify-start gap-2.5 px-2 text-base [anchor-name:--switcher]"
      panelClass="switcher-panel sm:w-96"
      opener={
        <>
          {current && <OrganizationAvatar organization={current} size="small" />}
          {current && <span class="sr-only">Switch organization, now in</span>}
          <span class="truncate">{current?.name ?? "Organizations"}</span>
          <Icon name="chevronDown" class="size-4 opacity-70" />
        </>
      }
    >
      {organizations.length > mostWithoutSearch && drawSearch()}
      {organizations.length > 0 && (
        <ul class="max-h-80 overflow-y-auto border-b border-base-300 p-2">
          {organizations.map((organization) => (
            <OrganizationItem
              key={organization.slug}
              organization={organization}
              isCurrent={organization.slug === current?.slug}
              hasNamesake={
                names.indexOf(organization.name) !== names.lastIndexOf(organization.name)
              }
              section={sectionFor?.(organization.role) ?? ""}
            />
          ))}
        </ul>
      )}
      {drawOtherLinks()}
    </HeaderMenu>
  );
}

/** public/header-menu.js shows the field: without JavaScript the list is whole, and scrolls. */
const drawSearch = renderOnce(() => (
  <div class="border-b border-base-300 px-4 py-3" hidden>
    <input
      class="input w-full text-base"
      type="search"
      aria-label="Search your organizations"
      placeholder="Search your organizations"
      autocomplete="off"
      spellcheck={false}
    />
    <p class="mt-2 text-sm text-base-content/75 empty:mt-0" role="status" />
  </div>
));

const drawOtherLinks = renderOnce(() => (
  <ul class="p-2">
    <li>
      <a class={menuRowClass} href="/organizations">
        <Icon name="building" />
        All organizations
      </a>
    </li>
    <li>
      <a class={menuRowClass} href="/organizations#create">
        <Icon name="plus" />
        Create an organization
      </a>
    </li>
  </ul>
));

type OrganizationItemProps = {
  organization: OrganizationWithRole;
  isCurrent: boolean;
  hasNamesake: boolean;
  section: string;
};

function OrganizationItem(props: OrganizationItemProps) {
  const { organization, isCurrent, hasNamesake, section } = props;
  return (
    <li>
      <a
        class={isCurrent ? `${menuRowClass} bg-primary/10 font-semibold` : menuRowClass}
        href={organizationPath(organization.slug) + section}
        aria-current={isCurrent ? "true" : undefined}
      >
        <OrganizationAvatar organization={organization} size="small" />
        <span class="min-w-0 flex-1 truncate">
          {organization.name}
          {hasNamesake && (
            <span class="block truncate text-sm font-normal text-base-content/75">
              /o/{organization.slug}
            </span>
          )}
        </span>
        {isCurrent && <Icon name="check" class="size-4 text-primary" />}
        <RoleBadge role={organization.role} />
      </a>
    </li>
  );
}
