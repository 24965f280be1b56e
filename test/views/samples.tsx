import type { VNode } from "preact";

import type { Member } from "../../src/tenancy/actor.ts";
import type { OrganizationWithRole } from "../../src/access/membership.ts";
import { Layout, type LayoutProps } from "../../src/views/layout.tsx";
import type { Viewer } from "../../src/views/viewer.ts";

export const longName =
  "Gesellschaft für außerordentlich lange Organisationsbezeichnungen Donaudampfschifffahrtsgesellschaftskapitän GmbH";
export const createdAt = new Date("2026-03-09T10:00:00Z");

export const acme: OrganizationWithRole = { name: "Acme Robotics", slug: "acme", role: "owner" };
export const organizations: readonly OrganizationWithRole[] = [
  acme,
  { name: "Kiln Street Studio", slug: "kiln-street", role: "admin" },
  { name: "Bramble & Daughters", slug: "bramble-daughters", role: "member" },
  {
    name: longName,
    slug: "gesellschaft-fuer-ausserordentlich-lange-bezeichnungen",
    role: "viewer",
  },
];

export const ada: Viewer = {
  name: "Ada Okafor",
  email: "ada@acme.example",
  avatarUrl: null,
  timeZone: null,
  organizations,
};

/** The navigation of Acme Robotics, as its owner sees it. */
export const sections = (current: string) =>
  ["Home", "Projects", "People", "Audit log", "Settings"].map((label) => ({
    label,
    href: `/o/acme/${label === "Home" ? "" : label.toLowerCase().replace(" ", "-")}`,
    current: label === current,
  }));

export function show(content: VNode, layout: Omit<LayoutProps, "children">): VNode {
  return <Layout {...layout}>{content}</Layout>;
}

export const owner: Member = {
  user: {
    id: "member-0",
    name: "ada",
    username: null,
    email: null,
    emailVerified: false,
    avatarUrl: null,
  },
  organizations: [...organizations],
  lastOrganizationSlug: null,
  timeZone: null,
  authenticationAge: null,
  request: { id: "gallery", ip: "127.0.0.1", userAgent: "" },
  organization: { id: "acme", slug: "acme", name: "Acme Robotics" },
  role: "owner",
};
/** The same person with another role. */
export const reader: Member = { ...owner, role: "viewer" };

/** A page of Acme Robotics, with its navigation. */
export function showSection(section: string, content: VNode): VNode {
  return show(content, {
    title: section,
    viewer: ada,
    current: acme,
    sections: sections(section),
  });
}
