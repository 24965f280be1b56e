import { describe, expect, it } from "vitest";

import type { JoinOption } from "../../src/tenancy/join-options.ts";
import { OrganizationsPage } from "../../src/organizations/views.tsx";
import { renderPage } from "../../src/http/reply.ts";
import { findForms } from "../support/page-forms.ts";

const form = { values: { name: "" }, errors: {} };
const acme = { name: "Acme", slug: "acme", role: "member" } as const;
const option = (organizationName: string, ...labels: string[]): JoinOption => ({
  organizationName,
  text: `Something about ${organizationName}.`,
  actions: labels.map((label) => ({
    label,
    action: `/${organizationName}/${label}?account=1`,
    tone: "plain",
  })),
});

const show = (joinOptions?: JoinOption[], organizations: readonly (typeof acme)[] = []) =>
  renderPage(
    <OrganizationsPage
      organizations={organizations}
      form={form}
      {...(joinOptions && { joinOptions })}
    />,
  );

describe("the list of organizations", () => {
  it("shows join options before the organizations of the person, each with its own buttons", () => {
    const html = show([option("Birch", "Join", "Decline"), option("Cedar", "Withdraw")], [acme]);
    const places = ["Open to you", "Something about Birch.", "Something about Cedar.", "/o/acme"];
    const positions = places.map((words) => html.indexOf(words));
    expect(positions).not.toContain(-1);
    expect(positions).toEqual(positions.toSorted((a, b) => a - b));
    const forms = findForms({ html, url: "http://localhost" });
    expect(forms.map(({ method, action }) => [method, action])).toEqual([
      ["post", "http://localhost/Birch/Join?account=1"],
      ["post", "http://localhost/Birch/Decline?account=1"],
      ["post", "http://localhost/Cedar/Withdraw?account=1"],
      ["post", "http://localhost/organizations"],
    ]);
    // Equal buttons have different names for screen readers.
    expect(html).toContain('Join<span class="sr-only"> Birch</span>');
  });

  it("has no such section without join options", () => {
    for (const joinOptions of [undefined, []])
      expect(show(joinOptions)).not.toContain("Open to you");
  });

  it("tells a person without an organization what to do", () => {
    expect(show()).toContain("ask one of its admins for an invitation");
    expect(show([option("Birch", "Join")])).toContain("Choose one above");
  });
});
