/** Permissions in words, by what they are about: of the audit log, to see it. */
export function describePermissions<Permission extends string>(permissions: readonly Permission[]) {
  const groups = new Map<string, { permission: Permission; action: string }[]>();
  for (const permission of permissions) {
    const [resource = "", action = ""] = permission.replaceAll("-", " ").split(":");
    const described = { permission, action: action === "read" ? "see" : action };
    groups.set(resource, [...(groups.get(resource) ?? []), described]);
  }
  return [...groups].map(([resource, actions]) => ({ resource, actions }));
}
