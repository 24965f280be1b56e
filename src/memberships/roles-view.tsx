import { capitalize } from "../views/capitalize.ts";
import { Card } from "../views/card.tsx";
import { Icon } from "../views/icon.tsx";
import { nameRole } from "../views/role-badge.tsx";
import { describePermissions } from "../access/describe-permissions.ts";
import { hasPermission, permissions, type Role, roles } from "../access/roles.ts";

/** The table of roles and permissions. */
export function RolesCard({ own }: { own: Role }) {
  return (
    <Card
      id="roles"
      title="What each role may do"
      description={`Your role: ${nameRole(own).toLowerCase()}.`}
    >
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
    </Card>
  );
}

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
