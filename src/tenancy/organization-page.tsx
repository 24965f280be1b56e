import type { ComponentChildren } from "preact";

import type { Member } from "./actor.ts";
import { describeViewer } from "./viewer.ts";
import { page } from "../http/reply.ts";
import { hasPermission, type Permission } from "../access/roles.ts";
import { Layout } from "../views/layout.tsx";
import { organizationPath } from "../views/viewer.ts";

/** The sections of an organization, in the order of its navigation: each shown to those who may open it. */
const sections = [
  { label: "Home", path: "", permission: "organization:read" },
  { label: "Projects", path: "/projects", permission: "project:read" },
  { label: "Members", path: "/members", permission: "member:read" },
  { label: "Invitations", path: "/invitations", permission: "invitation:read" },
  { label: "Requests", path: "/join-requests", permission: "join-request:read" },
  { label: "Audit log", path: "/audit-log", permission: "audit-log:read" },
  { label: "Settings", path: "/settings", permission: "organization:update" },
] as const satisfies {
  label: string;
  path: string;
  permission: Permission;
}[];

type SectionLabel = (typeof sections)[number]["label"];

type OrganizationPage = {
  title: string;
  section: SectionLabel;
  /** What has just been done, on the page that a form led to. */
  notice?: string | undefined;
  status?: number;
};

/** A page of an organization: its content inside the layout, with the navigation of the organization. */
export function organizationPage(
  actor: Member,
  { title, section, notice, status = 200 }: OrganizationPage,
  content: ComponentChildren,
) {
  const { organization, role } = actor;
  return page(
    <Layout
      title={`${title} · ${organization.name}`}
      viewer={describeViewer(actor)}
      current={{ ...organization, role }}
      sections={sections
        .filter(({ permission }) => hasPermission(role, permission))
        .map(({ label, path }) => ({
          label,
          href: organizationPath(organization.slug) + path,
          current: label === section,
        }))}
      flash={notice === undefined ? undefined : { kind: "success", message: notice }}
    >
      {content}
    </Layout>,
    status,
  );
}
