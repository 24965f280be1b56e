import { Card } from "../views/card.tsx";
import { Icon } from "../views/icon.tsx";
import { nameRole } from "../views/role-badge.tsx";
import { hasPermission, type Permission, permissions, type Role, roles } from "./roles.ts";

/** The table of roles and permissions, as people read it. */
export function RolesCard({ own }: { own: Role }) {
  return (
    <Card
      id="roles"
      title="What each role may do"
      description={`You are here as: ${nameRole(own).toLowerCase()}.`}
    >
      <div
        class="overflow-x-auto rounded-field"
        role="region"
        aria-labelledby="roles-title"
        tabIndex={0}
      >
        <table class="w-full text-start">
          <thead>
            <tr class="border-b border-base-300 text-sm">
              <th scope="col" class="py-2 pe-3 text-start font-semibold">
                Permission
              </th>
              {roles.map((role) => (
                <th key={role} scope="col" class="px-2 py-2 text-center font-semibold">
                  {nameRole(role)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody class="divide-y divide-base-300">
            {permissions.map((permission) => (
              <tr key={permission}>
                <th scope="row" class="py-2 pe-3 text-start font-normal">
                  {describePermission(permission)}
                </th>
                {roles.map((role) => (
                  <td key={role} class="px-2 py-2">
                    <Mark isAllowed={hasPermission(role, permission)} />
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
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

/** `audit-log:read` is "See audit log". */
function describePermission(permission: Permission): string {
  const [resource = "", action = ""] = permission.split(":");
  const verb = action === "read" ? "see" : action;
  const text = `${verb} ${resource}`.replaceAll("-", " ");
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
