import { describe, expect, it } from "vitest";
import type { Page } from "playwright-core";

import {
  createOrganization,
  createProject,
  openSection,
  openSwitcher,
  pathOf,
  press,
  seeHeading,
  signIn,
  signOut,
} from "./support/steps.ts";
import { useBrowser } from "./support/browser.ts";

const { application, openVisitor, identityProvider } = useBrowser();

describe("two tabs in two organizations", () => {
  it("write into the organization of their own address, and the next sign-in opens the last one", async () => {
    const account = await identityProvider.createAccount("Tomas Lind");
    const { openTab } = await openVisitor();
    const first = await openTab("/organizations");
    await signIn(first, account);
    await createOrganization(first, "Harbour Health");
    await openSection(first, "Projects");
    const second = await openTab("/organizations");
    await createOrganization(second, "Kiln Street Studio");
    await openSection(second, "Projects");
    await first.reload();
    const menu = await openSwitcher(first);
    expect(await menu.locator("[aria-current]").innerText()).toContain("Harbour Health");
    expect(await menu.innerText()).toContain("Kiln Street Studio");
    await first.reload();

    // Both forms are open, and sent in the opposite order.
    await createProject(second, "Kiln project");
    await createProject(first, "Harbour project");
    expect(pathOf(first)).toMatch(/^\/o\/harbour-health[\w-]*\/projects\//);
    expect(pathOf(second)).toMatch(/^\/o\/kiln-street-studio[\w-]*\/projects\//);
    expect(
      await application.query(
        `select p.name as project, o.name as organization
           from projects p join organizations o on o.id = p.organization_id order by 1`,
      ),
    ).toEqual([
      { project: "Harbour project", organization: "Harbour Health" },
      { project: "Kiln project", organization: "Kiln Street Studio" },
    ]);
    await signOut(second);

    const next = await openVisitor();
    const elsewhere = await next.openTab("/");
    await press(elsewhere, "link", "Sign in");
    await signIn(elsewhere, account);
    await seeHeading(elsewhere, "Welcome to Harbour Health");
    expect(pathOf(elsewhere)).toMatch(/^\/o\/harbour-health[\w-]*$/);
  });
});

// Logto keeps one sign-in of an application for a browser: the one that started last.
describe("two tabs that start to sign in", () => {
  const wishes = [
    { path: "/organizations", heading: "Your organizations" },
    { path: "/account", heading: "Your account" },
  ];

  it.each([
    { order: "the first tab first", isReversed: false },
    { order: "the second tab first", isReversed: true },
  ])("both end signed in, $order", async ({ isReversed }) => {
    const account = await identityProvider.createAccount("Yuki Tanaka");
    const { openTab } = await openVisitor();
    const tabs: Page[] = [];
    for (const { path } of wishes) tabs.push(await openTab(path));
    const [finished, other] = isReversed ? tabs.toReversed() : tabs;
    if (!finished || !other) throw new Error("no tabs");

    await signIn(finished, account);
    await seeHeading(finished, "Your account");
    expect(pathOf(finished)).toBe("/account");
    // The other tab's sign-in has ended. When it is reloaded, it leads back here.
    await other.reload();
    await seeHeading(other, "Your organizations");
    for (const { path, heading } of wishes) {
      await other.goto(path);
      await seeHeading(other, heading);
    }
  });
});
