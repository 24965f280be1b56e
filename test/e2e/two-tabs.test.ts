import { describe, expect, it } from "vitest";

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
    await seeHeading(elsewhere, "Harbour Health");
    expect(pathOf(elsewhere)).toMatch(/^\/o\/harbour-health[\w-]*$/);
  });
});
