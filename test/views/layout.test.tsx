import { describe, expect, it } from "vitest";
import { Layout, type LayoutProps } from "../../src/views/layout.tsx";
import { OrganizationsPage } from "../../src/organizations/views.tsx";
import { renderPage } from "../../src/http/reply.ts";
import { productName } from "../../src/runtime/product.ts";
import { ada } from "./samples.tsx";

function render(props: Partial<LayoutProps>): string {
  return renderPage(
    <Layout title="Home" viewer={ada} {...props}>
      <h1>Content</h1>
    </Layout>,
  );
}

function findLink(html: string, href: string): string {
  const link = new RegExp(`<a [^>]*href="${href}"[^>]*>.*?</a>`).exec(html);
  if (!link) throw new Error(`no link to ${href}`);
  return link[0];
}

const [acme] = ada.organizations;

describe("Layout: the organization switcher", () => {
  it("links to every organization of the viewer, with the role in each", () => {
    const html = render({ current: acme });
    expect(findLink(html, "/o/acme")).toMatch(/Acme Robotics.*Owner/);
    expect(findLink(html, "/o/kiln-street")).toMatch(/Kiln Street Studio.*Admin/);
    expect(findLink(html, "/o/bramble-daughters")).toMatch(/Bramble &amp; Daughters.*Member/);
  });

  it("marks the current organization, and only that one", () => {
    const html = render({ current: acme });
    expect(findLink(html, "/o/acme")).toContain('aria-current="true"');
    expect(html.match(/aria-current/g)).toHaveLength(1);
    expect(html).toMatch(/<button[^>]*>.*?Acme Robotics.*?<\/button>/);
  });

  it("leads to the same section elsewhere, where the role allows it", () => {
    const html = render({
      current: acme,
      sectionFor: (role) => (role === "member" ? "" : "/settings"),
    });
    expect(findLink(html, "/o/kiln-street/settings")).toContain("Kiln Street Studio");
    expect(findLink(html, "/o/bramble-daughters")).toContain("Bramble");
  });

  it("shows the addresses of organizations with the same name, and of no others", () => {
    const [first, ...others] = ada.organizations;
    const namesake = { name: first?.name ?? "", slug: "acme-2", role: "viewer" } as const;
    const organizations = [...ada.organizations, namesake];
    const html = render({ viewer: { ...ada, organizations } });
    for (const slug of ["acme", "acme-2"]) {
      expect(findLink(html, `/o/${slug}`)).toContain(`>/o/${slug}<`);
    }
    for (const { slug } of others) expect(findLink(html, `/o/${slug}`)).not.toContain(`>/o/`);
  });

  it("has a search for more than seven organizations, which waits for its script", () => {
    const [first] = ada.organizations;
    const many = Array.from({ length: 8 }, (_, index) => ({
      name: `Studio ${index}`,
      slug: `studio-${index}`,
      role: first?.role ?? "member",
    }));
    const html = render({ viewer: { ...ada, organizations: many } });
    expect(html).toMatch(/<div [^>]*hidden><input [^>]*type="search"/);
    expect(render({ viewer: { ...ada, organizations: many.slice(1) } })).not.toContain("<input");
  });

  it("marks none outside an organization", () => {
    const html = render({});
    expect(html).not.toContain("aria-current");
    expect(html).toMatch(/<button[^>]*>.*?Organizations.*?<\/button>/);
  });

  it("offers all organizations and a new one, also to a person without organizations", () => {
    const html = render({ viewer: { ...ada, organizations: [] } });
    expect(findLink(html, "/organizations")).toContain("All organizations");
    expect(findLink(html, "/organizations#create")).toContain("Create an organization");
  });

  it("leads to the form for a new organization", () => {
    const html = renderPage(
      <Layout title="Organizations" viewer={ada}>
        <OrganizationsPage organizations={[]} form={{ values: { name: "" }, errors: {} }} />
      </Layout>,
    );
    expect(html).toMatch(/<section id="create"/);
  });

  it("keeps every slug inside /o/", () => {
    const html = render({
      viewer: { ...ada, organizations: [{ name: "Odd", slug: "../account?x=#", role: "member" }] },
    });
    expect(findLink(html, "/o/..%2Faccount%3Fx%3D%23")).toContain("Odd");
  });
});

describe("Layout: the account menu", () => {
  it("signs out by POST and never by a link", () => {
    const html = render({});
    expect(html).toMatch(/<form method="post" action="\/sign-out"><button type="submit"/);
    expect(html).not.toMatch(/<a [^>]*href="\/sign-out"/);
    expect(findLink(html, "/account")).toContain("Your account");
  });

  it("says that a person has no email address", () => {
    expect(render({ viewer: { ...ada, email: null } })).toContain("No email address");
  });

  it("names a person once who is named by their email address", () => {
    const html = render({
      viewer: { ...ada, name: "ada@example.test", email: "ada@example.test" },
    });
    expect(html.match(/<p [^>]*>ada@example\.test</g)).toHaveLength(1);
  });

  it("shows a visitor Sign in instead", () => {
    const html = render({ viewer: null });
    expect(findLink(html, "/sign-in")).toContain("Sign in");
    expect(html).not.toContain("popover");
  });
});

describe("Layout: sections, notice and title", () => {
  it("shows the sections with the current one marked as the page", () => {
    const html = render({
      current: acme,
      sections: [
        { label: "Home", href: "/o/acme", current: false },
        { label: "Members", href: "/o/acme/members", current: true },
      ],
    });
    expect(html).toContain('aria-label="Sections of Acme Robotics"');
    expect(findLink(html, "/o/acme/members")).toContain('aria-current="page"');
    expect(html.match(/aria-current="page"/g)).toHaveLength(1);
  });

  it("announces the notice", () => {
    const text = "It <em>happened</em>.";
    const announced = /role="status".*It &lt;em>happened&lt;\/em>\./;
    expect(render({ notice: text })).toMatch(announced);
    expect(render({ viewer: { ...ada, notice: text } })).toMatch(announced);
  });

  it("names the product once in the title", () => {
    const name = productName.replaceAll("&", "&amp;");
    expect(render({ title: "Members" })).toContain(`<title>Members · ${name}</title>`);
    expect(render({ title: productName })).toContain(`<title>${name}</title>`);
  });
});
