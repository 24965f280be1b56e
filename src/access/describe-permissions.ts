/** What is not called as its permissions are. */
const names: Readonly<Record<string, string>> = {
  "email-domain": "e-mail domains",
  "hugging-face": "Hugging Face",
};

/** Permissions in words, by what they are about: of the audit log, to see it. */
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
