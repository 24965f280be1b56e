import type { Member } from "../tenancy/actor.ts";
import { capitalize } from "../views/capitalize.ts";
import { Icon } from "../views/icon.tsx";
import { PageHeading } from "../views/page-heading.tsx";
import { renderOnce } from "../views/render-once.ts";
import { nameRole } from "../views/role-badge.tsx";
import { describePermissions } from "../access/describe-permissions.ts";
import { hasPermission, permissions, roles } from "../access/roles.ts";
import { membersPath } from "./paths.ts";

/** Shows the permissions of each role. */
export function RolesPage({ actor: { organization, role } }: { actor: Member }) {
  return (
    <>
      <PageHeading title="What each role may do">
        <p class="break-name">
          Your role: {nameRole(role)}.{" "}
          <a class="link" href={membersPath(organization)}>
            All members
          </a>
        </p>
      </PageHeading>
      {drawTable()}
    </>
  );
}

const drawTable = renderOnce(() => (
  <div class="rounded-box border border-base-300 bg-base-100 p-5 sm:p-7">
    <div
      class="relative overflow-x-auto rounded-field"
      role="region"
      aria-label="Table of roles and permissions"
      tabIndex={0}
    >
      <table class="w-full text-start">
        <thead>
          <tr class="border-b border-base-300 text-sm">
            <th scope="col" class="py-2 text-start font-semibold">
              <span class="max-sm:sr-only">Permission</span>
            </th>
            {roles.map((role) => (
              <th key={role} scope="col" class="px-1 py-2 text-center font-semibold">
                {nameRole(role)}
              </th>
            ))}
          </tr>
        </thead>
        {describePermissions(permissions).map(({ resource, actions }) => (
          <tbody key={resource} class="border-b border-base-300 last:border-0">
            <tr>
              <th
                scope="rowgroup"
                colSpan={roles.length + 1}
                class="pt-4 pb-1 text-start font-semibold"
              >
                {capitalize(resource)}
              </th>
            </tr>
            {actions.map(({ action, permission }) => (
              <tr key={permission}>
                <th scope="row" class="py-1.5 pe-3 text-start font-normal">
                  {capitalize(action)}
                </th>
                {roles.map((role) => (
                  <td key={role} class="px-1 py-1.5">
                    <Mark isAllowed={hasPermission(role, permission)} />
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        ))}
      </table>
    </div>
  </div>
));

function Mark({ isAllowed }: { isAllowed: boolean }) {
  return (
    <span class="grid justify-items-center">
      <span class="sr-only">{isAllowed ? "yes" : "no"}</span>
      {isAllowed ? (
        <Icon name="check" class="size-5 text-success" />
      ) : (
        <span class="text-base-content/60" aria-hidden="true">
          –
        </span>
      )}
    </span>
  );
}
