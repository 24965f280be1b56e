/** Resources whose name differs from that in their permissions. */
const names: Readonly<Record<string, string>> = {
  "email-domain": "email domains",
  "hugging-face": "Hugging Face",
};

/** Groups permissions by resource, in words: for the audit log, "see". */
export function describePermissions<Permission extends string>(permissions: readonly Permission[]) {
  const groups = new Map<string, { permission: Permission; action: string }[]>();
  for (const permission of permissions) {
    const [subject = "", verb = ""] = permission.split(":");
    const resource = names[subject] ?? subject.replaceAll("-", " ");
    const action = verb === "read" ? "see" : verb.replaceAll("-", " ");
    const described = { permission, action };
    groups.set(resource, [...(groups.get(resource) ?? []), described]);
  }
  return [...groups].map(([resource, actions]) => ({ resource, actions }));
}
