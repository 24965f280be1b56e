import type { ComponentChildren } from "preact";

import { hasPermission, type Permission } from "../access/roles.ts";
import { page, type Reply } from "../http/reply.ts";
import { Layout } from "../views/layout.tsx";
import { Tabs } from "../views/tabs.tsx";
import { organizationPath } from "../access/organization-path.ts";
import type { Member } from "./actor.ts";
import { describeOrganization, describeViewer } from "./describe-viewer.ts";
import { people, type PeopleTab, writeCount } from "./people.ts";

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
    /** The label of the menu entry or the tab that the page belongs to. */
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

/**
 * @param entries those of the features, in the order in which the menu has them between Home and Settings
 * @param tabs those of the section "People", in their order
 */
export function organizationPageWith(
  entries: readonly MenuEntry[],
  tabs: readonly PeopleTab[],
): OrganizationPage {
  const menu = [home, ...entries, settings];
  return (actor, { title, section, status = 200 }, content) => {
    const { organization, role } = actor;
    const tab = tabs.find(({ label }) => label === section);
    const entry = menu.find(({ label }) => label === (tab ? people : section)) ?? home;
    const link = ({ label, path }: MenuEntry, current: MenuEntry | undefined) => ({
      label,
      href: organizationPath(organization.slug) + path,
      current: label === current?.label,
    });
    const mayOpen = ({ permission }: MenuEntry) => hasPermission(role, permission);
    return page(
      <Layout
        title={`${title} · ${organization.name}`}
        viewer={describeViewer(actor)}
        current={describeOrganization(actor)}
        sectionFor={(other) => findPath(other, [tab ?? entry, entry])}
        sections={menu.filter(mayOpen).map((each) => link(each, entry))}
        tabs={
          tab && (
            <Tabs
              label={people}
              tabs={tabs.filter(mayOpen).map((each) => ({
                ...link(each, tab),
                count: writeCount(actor.counts?.[each.path]),
              }))}
            />
          )
        }
      >
        {content}
      </Layout>,
      status,
    );
  };
}

/** The path of the first page that a role may open; of the home page if that is none. */
function findPath(role: Member["role"], pages: readonly MenuEntry[]): string {
  return pages.find(({ permission }) => hasPermission(role, permission))?.path ?? home.path;
}
