import type { Role } from "../access/roles.ts";
import { renderOnce } from "./render-once.ts";

const looks: Record<Role, { label: string; class: string }> = {
  owner: { label: "Owner", class: "border-transparent bg-accent text-accent-content" },
  admin: { label: "Admin", class: "border-transparent bg-primary/15 text-primary" },
  member: { label: "Member", class: "border-transparent bg-base-300 text-base-content" },
  viewer: { label: "Viewer", class: "border-base-300 bg-transparent text-base-content/80" },
};

/** A role as a small label. The word has the meaning, and the colour only helps. */
export function RoleBadge({ role }: { role: Role }) {
  return drawBadge(role);
}

const drawBadge = renderOnce((role: Role) => (
  <span class={`badge badge-sm font-medium ${looks[role].class}`}>{looks[role].label}</span>
));

/** Marks a member that is an application. */
export function ApplicationBadge() {
  return (
    <span class="badge badge-sm border-base-300 bg-transparent font-medium text-base-content/80">
      Application
    </span>
  );
}

/** Marks a suspended member. */
export function SuspendedBadge() {
  return (
    <span class="badge badge-sm border-error/50 bg-transparent font-medium text-error">
      Suspended
    </span>
  );
}

/** The name of a role on pages. */
export function nameRole(role: Role): string {
  return looks[role].label;
}

/** The name of a role inside a sentence: "an admin". */
export function roleWithArticle(role: Role): string {
  return `${/^[ao]/.test(role) ? "an" : "a"} ${role}`;
}
