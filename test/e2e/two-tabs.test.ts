import { describe, expect, it } from "vitest";

import {
  createOrganization,
  openSwitcher,
  pathOf,
  seeHeading,
  seeRole,
  signIn,
} from "./support/steps.ts";
import { useTenantry } from "./support/tenantry.ts";

const { application, openVisitor, openVisitorAs, identityProvider } = useTenantry();

describe("two tabs in two organizations", () => {
  it("keep to the organization in their own address, whatever the other one does", async () => {
    const [person, owner] = [await application.createPerson(), await application.createPerson()];
    const north = await application.createOrganization(person, "Northwind");
    const south = await application.createOrganization(owner, "Southwark");
    await application.addMember(south, person, "viewer");
    const { openTab } = await openVisitorAs(person);

    const tabs = [
      { page: await openTab(`/o/${north.slug}`), ...north, role: "Owner" as const },
      { page: await openTab(`/o/${south.slug}`), ...south, role: "Viewer" as const },
    ];
    for (const round of ["opened", "reloaded", "reloaded again"]) {
      for (const { page, name, slug, role } of tabs) {
        if (round !== "opened") await page.reload();
        await seeHeading(page, `Welcome to ${name}`);
        await seeRole(page, role);
        expect(pathOf(page)).toBe(`/o/${slug}`);
        const menu = await openSwitcher(page);
        expect(await menu.locator("[aria-current]").innerText()).toContain(name);
        expect(await page.getByText(`/o/${slug}`, { exact: true }).count()).toBe(1);
      }
    }
  });

  it("each open the organization they create", async () => {
    const { openTab } = await openVisitorAs(await application.createPerson());
    const first = await openTab("/organizations");
    const second = await openTab("/organizations");
    await createOrganization(first, "Eastgate");
    await createOrganization(second, "Westgate");
    await first.reload();
    await seeHeading(first, "Welcome to Eastgate");
    const menu = await openSwitcher(first);
    expect(await menu.locator("[aria-current]").innerText()).toContain("Eastgate");
    expect(await menu.innerText()).toContain("Westgate");
  });
});

describe("two tabs that start to sign in", () => {
  const wishes = [
    { path: "/organizations", heading: "Your organizations" },
    { path: "/account", heading: "Your account" },
  ];

  it.each([
    { order: "the first tab first", isReversed: false },
    { order: "the second tab first", isReversed: true },
  ])("both end signed in on their own page, $order", async ({ isReversed }) => {
    const account = await identityProvider.createAccount("Yuki Tanaka");
    const { openTab } = await openVisitor();
    const tabs = [];
    for (const wish of wishes) tabs.push({ ...wish, page: await openTab(wish.path) });

    for (const { page, heading, path } of isReversed ? tabs.toReversed() : tabs) {
      await signIn(page, account);
      await seeHeading(page, heading);
      expect(pathOf(page)).toBe(path);
    }
    for (const { page, heading, path } of tabs) {
      await page.reload();
      await seeHeading(page, heading);
      expect(pathOf(page)).toBe(path);
    }
  });
});
