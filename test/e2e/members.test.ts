import type { Page } from "playwright-core";
import { expect, it } from "vitest";

import { foundCompany } from "./support/company.ts";
import {
  openMember,
  openSection,
  pathOf,
  press,
  seeHeading,
  seeRole,
  seeText,
} from "./support/steps.ts";
import { useBrowser } from "./support/browser.ts";

const { application, openVisitorAs } = useBrowser();

/** Presses Tab until the field with this name has the focus. */
async function tabTo(page: Page, name: string): Promise<void> {
  await expect
    .poll(
      async () => {
        await page.keyboard.press("Tab");
        return page.evaluate(
          "[document.activeElement.labels?.[0], document.activeElement].find(Boolean).textContent",
        );
      },
      { interval: 0 },
    )
    .toContain(name);
}

it("an owner changes a role by the keyboard alone, and the member's open form is refused", async () => {
  const { organization, owner, find } = await foundCompany(application, "Northwind Robotics");
  const chidi = await openVisitorAs(find("Chidi Anagonye"), { expectedStatuses: [403, 409] });
  const hisPage = await chidi.openTab(`/o/${organization.slug}/projects`);
  await hisPage.getByLabel("Name", { exact: true }).fill("Written too late");

  const { openTab } = await openVisitorAs(owner);
  const page = await openTab(`/o/${organization.slug}`);
  await openSection(page, "Members");
  await tabTo(page, "Skip to content");
  await page.keyboard.press("Enter");
  await tabTo(page, "Name, username or email");
  await page.keyboard.type("ANAGONYE");
  await page.keyboard.press("Enter");
  await page.waitForURL(/search=ANAGONYE/);
  expect(await page.getByRole("main").getByRole("listitem").count()).toBe(1);
  await tabTo(page, "Manage Chidi Anagonye");
  await page.keyboard.press("Enter");
  await page.waitForURL(/manage=/);
  await tabTo(page, "Role of Chidi Anagonye");
  await page.keyboard.type("v");
  await tabTo(page, "Change role of Chidi Anagonye");
  await page.keyboard.press("Enter");
  await seeText(page, "Chidi Anagonye is now a viewer.");
  const badge = page.getByRole("main").getByRole("listitem").locator(".badge");
  expect(await badge.innerText()).toBe("Viewer");
  expect(page.url()).toContain("search=ANAGONYE");

  await press(hisPage, "button", "Create project");
  await seeHeading(hisPage, "That page was out of date");
  expect(await application.query("select from projects where name = 'Written too late'")).toEqual(
    [],
  );
  await press(hisPage, "link", "Open it again");
  await seeRole(hisPage, "Viewer");
  await openSection(hisPage, "Projects");
  expect(await hisPage.getByRole("main").locator("form[method=post]").count()).toBe(0);
});

it("an admin suspends, restores and removes a member, who sees it at once, without JavaScript", async () => {
  const { organization, find } = await foundCompany(application, "Kiln Street Studio");
  const admin = await openVisitorAs(find("Ada Byron"), { javaScriptEnabled: false });
  const options = { javaScriptEnabled: false, expectedStatuses: [403, 404] };
  const ines = await openVisitorAs(find("Ines Duarte"), options);
  const page = await admin.openTab(`/o/${organization.slug}/members`);
  const herPage = await ines.openTab(`/o/${organization.slug}/projects`);
  const row = () => openMember(page, "Ines Duarte");

  await (await row()).getByRole("button", { name: "Suspend Ines Duarte" }).click();
  await seeText(page, "Ines Duarte is suspended.");
  await herPage.reload();
  await seeHeading(herPage, "Your membership is suspended");
  await herPage.goto("/");
  await seeHeading(herPage, "Your organizations");
  await seeText(herPage, "An admin has suspended your access.");

  await (await row()).getByRole("button", { name: "Restore Ines Duarte" }).click();
  await seeText(page, "Ines Duarte has access again.");
  await herPage.goto(`/o/${organization.slug}/projects`);
  await seeHeading(herPage, "Projects");

  const menu = await row();
  await menu.getByText("Remove…").click();
  await menu.getByRole("button", { name: "Yes, remove Ines Duarte" }).click();
  await seeText(page, "Ines Duarte was removed.");
  await herPage.reload();
  await seeHeading(herPage, "There is nothing here");
  await herPage.goto("/");
  await seeHeading(herPage, "Your organizations");
  await seeText(herPage, "You are not in an organization yet");
  expect(pathOf(herPage)).toBe("/organizations");
});

it("an owner makes two people viewers at once, without JavaScript", async () => {
  const { organization, find } = await foundCompany(application, "Kiln Street Studio");
  const owner = await openVisitorAs(find("Ada Byron"), { javaScriptEnabled: false });
  const page = await owner.openTab(`/o/${organization.slug}/members`);
  for (const name of ["Chidi Anagonye", "Ines Duarte"]) {
    await page.getByRole("checkbox", { name: `Select ${name}` }).check();
  }
  await page.getByLabel("New role of the selected people").selectOption("viewer");
  await press(page, "button", "Change role");
  await seeText(page, "Chidi Anagonye and Ines Duarte are now viewers.");
  expect(pathOf(page)).toBe(`/o/${organization.slug}/members`);
});
