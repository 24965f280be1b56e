import type { ComponentChildren } from "preact";

import { hasPermission, type Permission } from "../access/roles.ts";
import { page, type Reply } from "../http/reply.ts";
import { Layout } from "../views/layout.tsx";
import { organizationPath } from "../access/organization-path.ts";
import type { Member } from "./actor.ts";
import { describeOrganization, describeViewer } from "./describe-viewer.ts";

/** A page in the menu of an organization, shown to those who may open it. */
export type MenuEntry = {
  label: string;
  /** Behind `/o/:slug`. */
  path: string;
  permission: Permission;
};

/** Shows a page of an organization: its content inside the layout, with the menu of the organization. */
export type OrganizationPage = (
  actor: Member,
  shown: {
    title: string;
    /** The label of the menu entry that the page belongs to. */
    section: string;
    status?: number;
  },
  content: ComponentChildren,
) => Reply;

const home: MenuEntry = { label: "Home", path: "", permission: "organization:read" };
const settings: MenuEntry = {
  label: "Settings",
  path: "/settings",
  permission: "organization:update",
};

/** @param entries those of the features, in the order in which the menu has them between Home and Settings */
export function organizationPageWith(entries: readonly MenuEntry[]): OrganizationPage {
  const menu = [home, ...entries, settings];
  return (actor, { title, section, status = 200 }, content) => {
    const { organization, role } = actor;
    const entry = menu.find(({ label }) => label === section) ?? home;
    return page(
      <Layout
        title={`${title} · ${organization.name}`}
        viewer={describeViewer(actor)}
        current={describeOrganization(actor)}
        sectionFor={(other) => (hasPermission(other, entry.permission) ? entry.path : "")}
        sections={menu
          .filter(({ permission }) => hasPermission(role, permission))
          .map(({ label, path }) => ({
            label,
            href: organizationPath(organization.slug) + path,
            current: label === section,
          }))}
      >
        {content}
      </Layout>,
      status,
    );
  };
}
