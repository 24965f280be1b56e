import { describe, expect, it } from "vitest";
import { Layout } from "../../src/views/layout.tsx";
import { AccountPage } from "../../src/account/views.tsx";
import { EmailDomainsPage } from "../../src/email-domains/views.tsx";
import { InvitationPage } from "../../src/invitations/guest-view.tsx";
import type { Invitation } from "../../src/invitations/invitation.ts";
import { InvitationsPage } from "../../src/invitations/views.tsx";
import type { Member } from "../../src/auth/actor.ts";
import type { Role } from "../../src/memberships/roles.ts";
import { ErrorPage } from "../../src/views/error-page.tsx";
import { JoinRequestsPage } from "../../src/join-requests/views.tsx";
import { OrganizationHomePage } from "../../src/organizations/home-view.tsx";
import { OrganizationsPage } from "../../src/organizations/views.tsx";
import { renderPage } from "../../src/views/render.ts";
import type { Viewer } from "../../src/views/viewer.ts";

const evil = `"><script>alert('x')</script><img src=x onerror=alert(1)>&amp;`;
const organization = { name: evil, slug: evil, role: "member" } as const;
const mallory: Viewer = { name: evil, email: evil, avatarUrl: evil, organizations: [organization] };
const createdAt = new Date(0);

const actor: Member = {
  user: { id: evil, name: evil, username: evil, email: evil, avatarUrl: evil },
  organizations: [organization],
  lastOrganizationSlug: null,
  authenticationAge: null,
  request: { id: evil, ip: evil, userAgent: evil },
  organization: { ...organization, id: evil },
  role: "admin",
};
const invitation: Invitation & { presentRole: Role } = {
  organizationId: evil,
  id: evil,
  kind: "link",
  status: "pending",
  role: "member",
  presentRole: "member",
  email: evil,
  handle: evil,
  maxUses: 1,
  uses: 0,
  allowedDomains: [evil],
  expiresAt: createdAt,
  inviter: { id: evil, name: evil },
  mailSentAt: null,
};
const form = {
  values: { recipients: evil, role: evil, days: evil, maxUses: evil, domains: evil },
  errors: { recipients: [evil], role: [evil], domains: [evil], other: [evil] },
};
const opened = { organization, open: invitation, actor, token: evil, ownRole: "viewer" } as const;

const contents = {
  InvitationsPage: (
    <InvitationsPage
      actor={actor}
      invitations={[invitation, { ...invitation, email: null }]}
      next={evil}
      results={[
        { text: evil, shownOnce: evil },
        { text: evil, fault: evil },
      ]}
      inviteForm={form}
      linkForm={form}
    />
  ),
  InvitationPage: (
    <>
      <InvitationPage {...opened} verdict="fits" hasAsked={false} />
      <InvitationPage {...opened} ownRole={null} verdict="unverified" hasAsked />
      <InvitationPage
        {...opened}
        open={{ ...invitation, email: null, handle: null }}
        actor={null}
        verdict={null}
        hasAsked={false}
      />
    </>
  ),
  OrganizationsPage: (
    <OrganizationsPage
      organizations={[organization]}
      doors={[
        {
          organizationName: evil,
          text: evil,
          actions: [{ label: evil, action: "/organizations/x", tone: "plain" }],
        },
      ]}
      form={{ values: { name: evil }, errors: { name: [evil], other: [evil] } }}
    />
  ),
  OrganizationHomePage: (
    <OrganizationHomePage
      organization={{ name: evil, slug: evil, createdAt }}
      role="member"
      memberCount={1}
      isBehind
    />
  ),
  AccountPage: (
    <AccountPage
      user={{
        name: evil,
        username: evil,
        email: evil,
        emailVerified: false,
        avatarUrl: evil,
        createdAt,
      }}
      identities={[{ provider: evil, handle: evil, name: evil }]}
      organizations={[organization]}
    />
  ),
  EmailDomainsPage: (
    <EmailDomainsPage
      actor={{
        user: { id: evil, name: evil, username: evil, email: evil, avatarUrl: evil },
        organizations: [],
        lastOrganizationSlug: null,
        authenticationAge: null,
        request: { id: evil, ip: evil, userAgent: evil },
        organization: { id: evil, slug: evil, name: evil },
        role: "owner",
      }}
      domains={[
        { domain: evil, challenge: evil, verifiedAt: null, mode: "offer", role: "member" },
        {
          domain: `x${evil}`,
          challenge: evil,
          verifiedAt: createdAt,
          mode: "offer",
          role: "member",
        },
      ]}
      form={{ value: evil, errors: { domain: [evil], other: [evil] } }}
      about={{ domain: evil, finding: "missing", errors: { mode: [evil], other: [evil] } }}
    />
  ),
  JoinRequestsPage: (
    <JoinRequestsPage
      actor={{
        user: { id: evil, name: evil, username: evil, email: evil, avatarUrl: evil },
        organizations: [],
        lastOrganizationSlug: null,
        authenticationAge: null,
        request: { id: "escaping", ip: "127.0.0.1", userAgent: "" },
        organization: { id: evil, name: evil, slug: evil },
        role: "admin",
      }}
      requests={[
        {
          id: "request-1",
          asker: {
            id: evil,
            name: evil,
            provenEmails: [evil],
            unprovenEmails: [evil],
            huggingFace: { subject: evil, handle: evil, organizations: [] },
          },
          role: "member",
          reason: evil,
          askedAt: createdAt,
        },
      ]}
      isFirst={false}
      next="request-1"
    />
  ),
  ErrorPage: (
    <ErrorPage
      status={400}
      title={evil}
      message={evil}
      requestId={evil}
      action={{ label: evil, href: "/sign-in" }}
    />
  ),
};

describe.each(Object.entries(contents))("%s with markup in every text", (_name, content) => {
  const html = renderPage(
    <Layout
      title={evil}
      viewer={mallory}
      current={organization}
      sections={[{ label: evil, href: "/o/x", current: true }]}
      flash={{ kind: "error", message: evil }}
    >
      {content}
    </Layout>,
  );

  it("shows it as text and makes no element of it", () => {
    expect(html).toContain("&lt;script>alert('x')&lt;/script>");
    expect(html).not.toMatch(/<script|<img/);
  });

  it("does not let it out of an attribute", () => {
    // Quotes in values and text are &quot;, so what stands between two quotes is a whole value.
    const withoutValues = html.replaceAll(/"[^"]*"/g, '""');
    const tags = withoutValues.match(/<[^>]*>/g) ?? [];
    expect(tags.length).toBeGreaterThan(50);
    expect(tags.filter((tag) => /\s(?:on|src)/.test(tag))).toEqual([]);
  });
});
