import type { VNode } from "preact";

import { AccountDeletionPage } from "../../src/account/deletion-view.tsx";
import { SessionsPage } from "../../src/account/sessions-view.tsx";
import { AuditLogPage } from "../../src/audit-log/views.tsx";
import type { Member } from "../../src/auth/actor.ts";
import { JoinRequestsPage } from "../../src/join-requests/views.tsx";
import { ChoicePage } from "../../src/hugging-face/choice-view.tsx";
import { ConnectionsPage } from "../../src/hugging-face/views.tsx";
import { EmailDomainsPage } from "../../src/email-domains/views.tsx";
import { InvitationPage } from "../../src/invitations/guest-view.tsx";
import type { Invitation } from "../../src/invitations/invitation.ts";
import { InvitationsPage } from "../../src/invitations/views.tsx";
import { MembersPage } from "../../src/memberships/views.tsx";
import type { Role } from "../../src/memberships/roles.ts";
import { SettingsPage } from "../../src/organizations/settings-view.tsx";
import { fillForm } from "../../src/projects/form-view.tsx";
import { ProjectsPage } from "../../src/projects/list-view.tsx";
import { ProjectPage } from "../../src/projects/views.tsx";
import { acme, ada, createdAt, longName, organizations, sections, show } from "./samples.tsx";

const owner: Member = {
  user: { id: "member-0", name: "ada", username: null, email: null, avatarUrl: null },
  organizations: [...organizations],
  lastOrganizationSlug: null,
  authenticationAge: null,
  request: { id: "gallery", ip: "127.0.0.1", userAgent: "" },
  organization: { id: "acme", slug: "acme", name: "Acme Robotics" },
  role: "owner",
};
const viewer: Member = { ...owner, role: "viewer" };

const grace = { userId: "member-1", name: "Grace", username: "grace", email: null };
const asker = {
  id: "member-1",
  name: "Grace",
  provenEmails: [],
  unprovenEmails: [],
  huggingFace: { subject: "hf-1", handle: "amazing-grace", organizations: [] },
};
const project = {
  organizationId: "acme",
  id: "project-1",
  name: "Gripper mark II",
  status: "active" as const,
  dueDate: new Date("2026-12-31"),
  isArchived: false,
  createdById: "member-0",
  createdAt,
  updatedAt: createdAt,
};
const connection = {
  subject: "65aa0000000000000000000b",
  name: "Orbital Works",
  handle: "orbital-works",
  mode: "offer" as const,
  adminRole: "admin" as const,
  writeRole: "member" as const,
  contributorRole: null,
  readRole: "viewer" as const,
  memberCount: 12,
};
const claim = {
  challenge: "q3Hk0nYwz1LxR5uV8sT2bC4dE6fG7hJ9kM0pQ1rS2tU",
  verifiedAt: null,
  mode: "offer",
  role: "member",
} as const;
const event = {
  id: "event-1",
  occurredAt: createdAt,
  action: "member.role_changed",
  actorId: "member-0",
  actorName: "Ada Okafor",
  isActorDeleted: false,
  targetType: "user",
  targetId: "member-1",
  targetName: longName,
  isTargetDeleted: false,
  details: { from: "member", to: "admin" },
  requestId: "request-1",
  ip: "203.0.113.7",
  userAgent: "<script>alert(1)</script>",
};

const invitation: Invitation & { presentRole: Role } = {
  organizationId: "acme",
  id: "invitation-1",
  kind: "email",
  status: "pending",
  role: "member",
  presentRole: "member",
  email: "grace@acme.example",
  handle: null,
  maxUses: null,
  uses: 0,
  allowedDomains: [],
  expiresAt: createdAt,
  inviter: { id: "member-0", name: "Ada Okafor" },
  mailSentAt: null,
};
const link: typeof invitation = {
  ...invitation,
  id: "invitation-3",
  kind: "link",
  email: null,
  maxUses: 20,
  uses: 3,
  allowedDomains: ["acme.example", "kiln.example"],
  inviter: null,
};
const token = "aQ7xT2cM0b9kW4yR8nV1uE6hJ3sL5dF-gZ_pXoCiBtA";
const opened = {
  organization: { name: longName, slug: "acme" },
  ownRole: null,
  hasAsked: false,
  token,
};
const blank = { values: {}, errors: {} };

function showSection(section: string, content: VNode): VNode {
  return show(content, {
    title: section,
    viewer: ada,
    current: acme,
    sections: sections(section),
  });
}

/** The pages of an organization, and the one on which a person decides what becomes of theirs. */
export const organizationGallery: Readonly<Record<string, VNode>> = {
  members: showSection(
    "Members",
    <MembersPage
      actor={owner}
      members={["ada", "grace", longName].map((name, index) => ({
        userId: `member-${index}`,
        name,
        username: index === 1 ? name : null,
        email: `${index}@acme.example`,
        avatarUrl: null,
        role: index === 0 ? "owner" : "member",
        isMachine: index === 2,
        isSuspended: index === 2,
        joinedAt: createdAt,
      }))}
      next={{ time: createdAt.toISOString(), id: "member-2" }}
      query={{ search: "a", cursor: { time: createdAt.toISOString(), id: "member-9" } }}
      errors={{ role: ["Please choose one of the roles."] }}
    />,
  ),
  "members-none": showSection(
    "Members",
    <MembersPage
      actor={viewer}
      members={[]}
      next={undefined}
      query={{ search: "nobody" }}
      errors={{}}
    />,
  ),
  "join-requests": showSection(
    "Requests",
    <JoinRequestsPage
      actor={owner}
      requests={[
        {
          id: "request-1",
          asker: { ...asker, provenEmails: ["grace@acme.example"] },
          role: "member",
          reason: "may ask by an address at acme.example",
          askedAt: createdAt,
        },
        {
          id: "request-2",
          asker: {
            ...asker,
            id: "member-2",
            name: longName,
            unprovenEmails: [`${"l".repeat(60)}@${"o".repeat(60)}ng.example`],
          },
          role: "viewer",
          reason: null,
          askedAt: createdAt,
        },
      ]}
      isFirst={false}
      next="request-2"
    />,
  ),
  "join-requests-none": showSection(
    "Requests",
    <JoinRequestsPage actor={owner} requests={[]} isFirst next={undefined} />,
  ),
  invitations: showSection(
    "Invitations",
    <InvitationsPage
      actor={owner}
      invitations={[
        invitation,
        {
          ...invitation,
          id: "invitation-2",
          kind: "hugging_face",
          email: null,
          handle: "a-rather-long-name-".repeat(5),
          presentRole: null,
          inviter: { id: "member-2", name: longName },
        },
        link,
        { ...invitation, id: "invitation-4", status: "expired", mailSentAt: createdAt },
      ]}
      next="/o/acme/invitations?after=invitation-4"
      results={[
        { text: "grace@acme.example", shownOnce: `https://product.example/invitations/${token}` },
        { text: "<script>alert(1)</script>", fault: "Please put each on a line of its own." },
      ]}
      inviteForm={{
        values: { recipients: "ada@example.com, grace", role: "admin", days: "30" },
        errors: { recipients: ["Please say whom to invite."], role: ["Please choose."] },
      }}
      linkForm={{
        values: { maxUses: "0", domains: "acme" },
        errors: { maxUses: ["Please use a number."], domains: ["acme is no domain."] },
      }}
    />,
  ),
  "invitations-none": showSection(
    "Invitations",
    <InvitationsPage
      actor={{ ...owner, role: "admin" }}
      invitations={[]}
      next={undefined}
      results={[{ text: "ada", fault: "is invited already." }]}
      inviteForm={blank}
      linkForm={blank}
    />,
  ),
  "invitation-signed-out": show(
    <InvitationPage {...opened} open={link} actor={null} verdict={null} />,
    { title: "Join", viewer: null },
  ),
  "invitation-fits": show(
    <InvitationPage {...opened} open={invitation} actor={owner} verdict="fits" ownRole="viewer" />,
    { title: "Join", viewer: ada },
  ),
  "invitation-other-account": show(
    <InvitationPage {...opened} open={invitation} actor={owner} verdict="other_account" />,
    { title: "Join", viewer: ada },
  ),
  "invitation-asked": show(
    <InvitationPage {...opened} open={invitation} actor={owner} verdict="unverified" hasAsked />,
    { title: "Join", viewer: ada },
  ),
  settings: showSection(
    "Settings",
    <SettingsPage
      actor={owner}
      successors={[{ ...grace, role: "admin" }]}
      isConfirmed
      values={{ name: "A", slug: "a--b", userId: "", confirmation: "acm" }}
      errors={{
        name: ["Use at least 2 characters."],
        slug: ["Another organization has it."],
        userId: ["Please choose a person."],
        confirmation: ["Please type acme to confirm."],
      }}
    />,
  ),
  "settings-unconfirmed": showSection(
    "Settings",
    <SettingsPage
      actor={owner}
      successors={[{ ...grace, role: "admin" }]}
      isConfirmed={false}
      values={{ name: "Acme Robotics", slug: "acme", userId: "", confirmation: "" }}
      errors={{}}
    />,
  ),
  "hugging-face": showSection(
    "Settings",
    <ConnectionsPage
      actor={owner}
      connections={[
        connection,
        { ...connection, subject: "65ab", name: longName, handle: "x".repeat(42), memberCount: 1 },
      ]}
      isConfigured
      isLinked
      form={{
        subject: "65ab",
        values: { mode: "always", adminRole: "owner" },
        errors: {
          mode: ["Please choose how people get in."],
          adminRole: ["Please choose one of the roles, or no place."],
        },
      }}
    />,
  ),
  "hugging-face-none": showSection(
    "Settings",
    <ConnectionsPage
      actor={owner}
      connections={[]}
      isConfigured={false}
      isLinked={false}
      form={undefined}
    />,
  ),
  "hugging-face-unlinked": showSection(
    "Settings",
    <ConnectionsPage
      actor={owner}
      connections={[]}
      isConfigured
      isLinked={false}
      form={undefined}
    />,
  ),
  "hugging-face-choice": showSection(
    "Settings",
    <ChoicePage
      actor={owner}
      options={[
        { ...connection, choice: "sealed" },
        { ...connection, subject: "65ab", name: longName, choice: "sealed, too" },
      ]}
    />,
  ),
  "email-domains": showSection(
    "Settings",
    <EmailDomainsPage
      actor={owner}
      domains={[
        { ...claim, domain: "acme.example", verifiedAt: createdAt },
        {
          ...claim,
          domain: "with-a-very-long-name-indeed-for-a-phone.robotics.acme.example",
          mode: "automatic",
        },
        { ...claim, domain: "acme.test" },
      ]}
      form={{ value: "gmail.com", errors: { domain: ["Anybody can get an address there."] } }}
      about={{
        domain: "acme.test",
        finding: "missing",
        errors: { mode: ["Please choose one of the ways in."], other: ["Unknown field."] },
      }}
    />,
  ),
  "email-domains-none": showSection(
    "Settings",
    <EmailDomainsPage
      actor={owner}
      domains={[]}
      form={{ value: "", errors: {} }}
      about={undefined}
    />,
  ),
  projects: showSection(
    "Projects",
    <ProjectsPage
      actor={owner}
      projects={[
        project,
        { ...project, id: "project-2", name: longName, status: "paused", dueDate: null },
        { ...project, id: "project-3", name: "Arm", status: "done" },
      ]}
      query={{ sort: "due-date", status: undefined }}
      next={{ id: "project-3", name: "Arm", dueDate: null }}
      form={{
        values: { name: "", status: "planned", dueDate: "soon" },
        errors: {
          name: ["Please enter a name."],
          dueDate: ["Please enter a date, such as 2030-01-31."],
          priority: ["The form contains an unknown field: priority."],
        },
      }}
    />,
  ),
  "projects-none": showSection(
    "Projects",
    <ProjectsPage
      actor={viewer}
      projects={[]}
      query={{ sort: "newest", archived: "yes" }}
      next={undefined}
      form={blank}
    />,
  ),
  project: showSection(
    "Projects",
    <ProjectPage
      actor={owner}
      project={{ ...project, isArchived: true, createdBy: { name: null, username: "ada" } }}
      form={fillForm(project)}
    />,
  ),
  "project-of-viewer": showSection(
    "Projects",
    <ProjectPage
      actor={viewer}
      project={{ ...project, dueDate: null, name: longName, createdBy: null }}
      form={fillForm(project)}
    />,
  ),
  "audit-log": showSection(
    "Audit log",
    <AuditLogPage
      slug="acme"
      events={[event, { ...event, id: "event-2", actorId: null, actorName: null }]}
      filters={{ action: "member.role_changed" }}
      options={{ actions: ["member.role_changed"], actors: [], hasOwn: true }}
      isFirst={false}
      next="event-2"
    />,
  ),
  "audit-log-none": showSection(
    "Audit log",
    <AuditLogPage
      slug="acme"
      events={[]}
      filters={{ from: "2026-03-09", to: "2026-03-08" }}
      options={{ actions: [], actors: [], hasOwn: false }}
      isFirst
      next={undefined}
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
          fate: "chosen",
          successors: [{ ...grace, role: "admin" }],
        },
        { organizationId: "kiln", name: longName, role: "owner", fate: "purged", successors: [] },
        { organizationId: "mill", name: "Mill", role: "viewer", fate: "left", successors: [] },
      ]}
      isConfirmed
      isDeletedAtProvider
      path="/account/deletion"
      values={{}}
      errors={{
        confirmation: ["Please type delete my account to confirm."],
        "organization-acme": ["Please choose who gets it, or that it is deleted."],
      }}
    />,
    { title: "Delete your account", viewer: ada },
  ),
};
