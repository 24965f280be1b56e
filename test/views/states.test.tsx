import type { VNode } from "preact";
import { describe, expect, it } from "vitest";
import { renderToString } from "preact-render-to-string";
import { createProviderLinks } from "../../src/account/provider-links.ts";
import { AccountPage } from "../../src/account/views.tsx";
import type { AppErrorOptions } from "../../src/http/errors.ts";
import { ErrorPage } from "../../src/views/error-page.tsx";
import { roleMeaning } from "../../src/access/role-meaning.ts";
import { roles } from "../../src/access/roles.ts";
import { faces, showHome } from "./home-samples.tsx";
import { owner } from "./samples.tsx";

const links = createProviderLinks({
  endpoint: "https://id.example",
  baseUrl: "https://app.example",
});

/** The text of a page without markup. */
function read(vnode: VNode): string {
  return renderToString(vnode)
    .replaceAll(/<[^>]+>/g, " ")
    .replaceAll("&amp;", "&")
    .replaceAll(/\s+/g, " ");
}

const createdAt = new Date("2026-03-09T23:30:00Z");
const user = {
  name: "Grace Lin",
  username: null,
  email: "grace@example.org",
  emailVerified: true,
  avatarUrl: null,
  timeZone: null,
  hasOwnEmail: true,
  createdAt,
};

function readAccount(change: Partial<typeof user>): string {
  return read(
    <AccountPage
      account={{ ...user, ...change, identities: [], singleSignOn: [] }}
      organizations={[]}
      links={links}
    />,
  );
}

describe("OrganizationHomePage", () => {
  it.each(roles)("explains the role %s", (role) => {
    const text = read(showHome({ ...owner, role }, { people: faces(3, "Ada", "Bob") }));
    expect(text).toContain(roleMeaning[role]);
    expect(text).toContain("3 members");
    expect(text).toMatch(/Ada ?, Bob and others/);
    expect(text.includes("Invite people")).toBe(["owner", "admin"].includes(role));
  });

  it("shows the steps until all of them are done", () => {
    const people = faces(1, "Ada");
    expect(read(showHome(owner, { people }))).toMatch(/First steps .*Name it \(done\) .*Fill it/);
    expect(read(showHome(owner, { people, done: true }))).not.toContain("First steps");
  });
});

describe("AccountPage", () => {
  it("shows a verified address as verified", () => {
    const text = readAccount({});
    expect(text).toMatch(/grace@example\.org Verified/);
    expect(text).not.toContain("Not verified");
  });

  it("marks an address that is not verified", () => {
    expect(readAccount({ emailVerified: false })).toMatch(/grace@example\.org Not verified/);
  });

  it("shows linked accounts with what is known of them", () => {
    const text = read(
      <AccountPage
        account={{
          ...user,
          identities: [
            {
              provider: "huggingface",
              handle: "grace-l",
              name: "Grace",
              email: null,
              provenEmail: null,
            },
            { provider: "github", handle: null, name: null, email: null, provenEmail: null },
          ],
          singleSignOn: [],
        }}
        organizations={[{ name: "Acme", slug: "acme", role: "admin" }]}
        links={links}
      />,
    );
    expect(text).toContain("Hugging Face @grace-l · Grace");
    expect(text).toContain("Github");
    expect(text).not.toContain("null");
    expect(text).toMatch(/Acme Admin/);
  });
});

describe("ErrorPage", () => {
  const render = (status: number, options: AppErrorOptions) =>
    renderToString(
      <ErrorPage error={{ status, title: "T", message: "M", options }} requestId="req-1" />,
    );

  it("shows the status, the next step and the request's id", () => {
    const html = render(400, { action: { label: "Start again", href: "/sign-in" } });
    expect(html).toMatch(/href="\/sign-in"[^>]*>Start again</);
    expect(html).toContain("req-1");
    expect(html).toContain(">400<");
  });

  it("links to the start page where an error has no action", () => {
    expect(render(404, {})).toMatch(/<a [^>]*href="\/"/);
  });
});
