import type { Role } from "../access/roles.ts";
import { SelectField } from "./form.tsx";
import { nameRole } from "./role-badge.tsx";

type RoleFieldProps = Omit<Parameters<typeof SelectField>[0], "name" | "label" | "options"> & {
  roles: readonly Role[];
  label?: string;
};

/** A choice among roles, with a label. */
export function RoleField({ roles, label = "Role", ...field }: RoleFieldProps) {
  const options = roles.map((role) => ({ value: role, label: nameRole(role) }));
  return <SelectField {...field} name="role" label={label} options={options} />;
}
