import type { VNode } from "preact";

import { AccountDeletionPage } from "../../src/account/deletion-view.tsx";
import { SessionsPage } from "../../src/account/sessions-view.tsx";
import { JoiningPage } from "../../src/joining/views.tsx";
import { MembersPage } from "../../src/memberships/views.tsx";
import { SettingsPage } from "../../src/organizations/settings-view.tsx";
import { featureTests } from "../features.ts";
import { ada, createdAt, longName, owner, reader, show, showSection } from "./samples.tsx";

const grace = {
  userId: "member-1",
  name: "Grace",
  username: "grace",
  email: null,
  emailVerified: false,
};

/** The pages of an organization, and the page on which a person decides about their organizations. */
export const organizationGallery: Readonly<Record<string, VNode>> = {
  ...Object.fromEntries(featureTests.flatMap(({ gallery = {} }) => Object.entries(gallery))),
  members: showSection(
    "Members",
    <MembersPage
      actor={owner}
      members={["ada", "grace", longName].map((name, index) => ({
        userId: `member-${index}`,
        name,
        username: index === 1 ? name : null,
        email: `${index}@acme.example`,
        emailVerified: index === 0,
        avatarUrl: null,
        role: index === 0 ? "owner" : "member",
        isMachine: index === 2,
        isSuspended: index === 2,
        isOnlyOwner: index === 0,
        joinedAt: createdAt,
      }))}
      next={{ time: createdAt.toISOString(), id: "member-2" }}
      counts={{ total: 1_204, matching: 23 }}
      query={{ search: "a", cursor: { time: createdAt.toISOString(), id: "member-9" } }}
      errors={{ role: ["Please choose one of the roles."] }}
    />,
  ),
  "members-none": showSection(
    "Members",
    <MembersPage
      actor={reader}
      members={[]}
      next={undefined}
      counts={null}
      query={{ search: "nobody" }}
      errors={{}}
    />,
  ),
  joining: showSection(
    "People",
    <JoiningPage
      actor={owner}
      ways={[
        {
          title: "Invite links",
          text: "Anyone who has an invite link can join with it.",
          permission: "organization:update",
          page: { path: "/invitations", label: "Create an invite link" },
          open: "",
          describe: () => ({
            title: longName,
            roles: ["admin", "member"],
            text: "Used 3 of 10 times.",
            countsUses: true,
            expiresAt: createdAt,
            closing: { path: "x", label: "Turn off", text: "The link stops working." },
          }),
        },
        { title: "Elsewhere", text: "Not known here.", permission: "organization:update" },
      ]}
      open={[
        {
          way: 0,
          id: "1",
          facts: null,
          openedAt: createdAt,
          lastUsedAt: createdAt,
          openerId: "member-1",
          name: longName,
          username: null,
          email: null,
        },
      ]}
    />,
  ),
  settings: showSection(
    "Settings",
    <SettingsPage
      actor={owner}
      successors={[{ ...grace, role: "admin" }]}
      isConfirmed
      form={{
        values: { name: "A", slug: "a--b", confirmation: "acm" },
        errors: {
          name: ["Use at least 2 characters."],
          slug: ["Another organization has it."],
          userId: ["Please choose a person."],
          confirmation: ["Please type acme to confirm."],
        },
      }}
    />,
  ),
  "settings-unconfirmed": showSection(
    "Settings",
    <SettingsPage
      actor={owner}
      successors={[{ ...grace, role: "admin" }]}
      isConfirmed={false}
      form={{ values: {}, errors: {} }}
    />,
  ),
  "account-sessions": show(
    <SessionsPage
      actor={owner}
      sessions={[
        {
          publicId: "1",
          userAgent: "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0",
          ip: "192.0.2.7",
          createdAt: new Date("2026-03-09T08:00:00Z"),
          lastSeenAt: new Date("2026-03-09T08:00:00Z"),
          isCurrent: true,
        },
        {
          publicId: "2",
          userAgent: null,
          ip: "2001:db8:1234:5678:9abc:def0:1234:5678",
          createdAt: new Date("2026-03-08T08:00:00Z"),
          lastSeenAt: new Date("2026-03-08T09:00:00Z"),
          isCurrent: false,
        },
      ]}
    />,
    { title: "Where you are signed in", viewer: ada },
  ),
  "account-deletion": show(
    <AccountDeletionPage
      userId="member-0"
      leavings={[
        {
          organizationId: "acme",
          name: "Acme Robotics",
          role: "owner",
          effect: "chosen",
          successors: [{ ...grace, role: "admin" }],
        },
        { organizationId: "kiln", name: longName, role: "owner", effect: "purged", successors: [] },
        { organizationId: "mill", name: "Mill", role: "viewer", effect: "left", successors: [] },
      ]}
      isConfirmed
      isDeletedAtProvider
      path="/account/deletion"
      values={{}}
      errors={{
        confirmation: ["Please type delete my account to confirm."],
        "organization-acme": ["Please choose a new owner, or delete it."],
      }}
    />,
    { title: "Delete your account", viewer: ada },
  ),
};
