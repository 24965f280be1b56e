import { describe, expect, it } from "vitest";
import { Layout } from "../../src/views/layout.tsx";
import { createProviderLinks } from "../../src/account/provider-links.ts";
import { AccountPage } from "../../src/account/views.tsx";
import { ErrorPage } from "../../src/views/error-page.tsx";
import { JoiningPage } from "../../src/joining/views.tsx";
import { SettingsPage } from "../../src/organizations/settings-view.tsx";
import { OrganizationsPage } from "../../src/organizations/views.tsx";
import { renderPage } from "../../src/http/reply.ts";
import { featureTests } from "../features.ts";
import { withoutOwnScripts } from "../support/own-scripts.ts";
import { evilActor } from "./evil-actor.ts";
import { evil, mallory, organization } from "./evil.ts";
import { faces, showHome } from "./home-samples.tsx";

const links = createProviderLinks({
  endpoint: "https://id.example",
  baseUrl: "https://app.example",
});

const createdAt = new Date(0);

const contents = {
  ...Object.fromEntries(featureTests.flatMap((each) => Object.entries(each.evil ?? {}))),
  OrganizationsPage: (
    <OrganizationsPage
      organizations={[organization]}
      joinOptions={[
        {
          organizationName: evil,
          text: evil,
          actions: [{ label: evil, action: "/organizations/x", tone: "plain" }],
        },
      ]}
      form={{ values: { name: evil }, errors: { name: [evil], other: [evil] } }}
    />
  ),
  OrganizationHomePage: showHome(evilActor, { people: faces(1, evil), isBehind: true }),
  JoiningPage: (
    <JoiningPage
      actor={{ ...evilActor, role: "owner" }}
      ways={[
        {
          title: evil,
          text: evil,
          permission: "organization:update",
          open: "",
          describe: () => ({
            title: evil,
            roles: [],
            text: evil,
            closing: { path: evil, label: evil, text: evil },
          }),
        },
      ]}
      open={[
        {
          way: 0,
          id: evil,
          facts: null,
          openedAt: createdAt,
          lastUsedAt: null,
          openerId: evil,
          name: evil,
          username: evil,
          email: evil,
        },
      ]}
    />
  ),
  SettingsPage: (
    <SettingsPage
      actor={{ ...evilActor, role: "owner" }}
      successors={[
        {
          userId: evil,
          name: evil,
          username: evil,
          email: evil,
          emailVerified: false,
          role: "admin",
        },
      ]}
      isConfirmed
      form={{
        values: { name: evil, slug: evil, confirmation: evil },
        errors: { name: [evil], other: [evil] },
      }}
    />
  ),
  AccountPage: (
    <AccountPage
      account={{
        name: evil,
        username: evil,
        email: evil,
        emailVerified: false,
        avatarUrl: evil,
        timeZone: null,
        hasOwnEmail: true,
        createdAt,
        identities: [{ provider: evil, handle: evil, name: evil, email: null, provenEmail: null }],
        singleSignOn: [{ issuer: evil, account: evil }],
      }}
      organizations={[organization]}
      links={links}
    />
  ),
  ErrorPage: (
    <ErrorPage
      error={{
        status: 400,
        title: evil,
        message: evil,
        options: { action: { label: evil, href: "/sign-in" } },
      }}
      requestId={evil}
    />
  ),
};

describe.each(Object.entries(contents))("%s with markup in every text", (_name, content) => {
  const page = renderPage(
    <Layout
      title={evil}
      viewer={mallory}
      current={organization}
      sections={[{ label: evil, href: "/o/x", current: true }]}
      notice={evil}
    >
      {content}
    </Layout>,
  );
  const html = withoutOwnScripts(page);

  it("shows it as text, and not as an element", () => {
    expect(html).toContain("&lt;script>alert('x')&lt;/script>");
    expect(html).not.toMatch(/<script|<img/);
  });

  it("does not let it out of an attribute", () => {
    // Quotes in values and text are &quot;, so the text between two quotes is a whole value.
    const withoutValues = html.replaceAll(/"[^"]*"/g, '""');
    const tags = withoutValues.match(/<[^>]*>/g) ?? [];
    expect(tags.length).toBeGreaterThan(50);
    expect(tags.filter((tag) => /\s(?:on|src)/.test(tag))).toEqual([]);
  });
});

describe("renderPage()", () => {
  it("CS13 shows a value of any JSON shape as text, and not as an element", () => {
    const shapes: unknown[] = [
      { type: "script", props: { children: "alert(1)" }, key: null, ref: null },
      { type: "script", props: { children: "alert(1)" }, constructor: null, __v: 1 },
      { type: "b", props: { dangerouslySetInnerHTML: { __html: "<script>alert(1)</script>" } } },
    ];
    for (const shape of shapes) {
      const value = JSON.parse(JSON.stringify(shape)) as string;
      for (const child of [value, [value], [[value]]]) {
        expect(renderPage(<p>{child}</p>)).not.toMatch(/<(script|b)\b/);
      }
    }
  });
});
