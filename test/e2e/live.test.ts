import { expect, it } from "vitest";

import { useBrowser } from "./support/browser.ts";
import { foundCompany } from "./support/company.ts";
import { scrutinize } from "./support/scrutiny.ts";
import { openMember, press, seeHeading } from "./support/steps.ts";

const { application, openVisitorAs } = useBrowser();

it("a list that is open follows what a colleague changes, and leaves alone what is in use", async () => {
  const { organization, owner, find } = await foundCompany(application, "Harbour Light");
  const path = `/o/${organization.slug}/members`;
  const { openTab } = await openVisitorAs(owner);
  const ada = await openVisitorAs(find("Ada Byron"), { expectedStatuses: [404] });
  const page = await ada.openTab(path);
  const colleague = await openTab(path);
  const row = page.getByRole("listitem").filter({ hasText: "Chidi Anagonye" });
  const showChanges = page.getByRole("button", { name: "There are changes. Show them" });
  const setRole = async (role: string) => {
    const menu = await openMember(colleague, "Chidi Anagonye");
    await menu.getByLabel("Role of Chidi Anagonye").selectOption(role);
    await menu.getByRole("button", { name: /^Change role/ }).click();
    await colleague.waitForLoadState();
  };

  await page.getByLabel("Name, username or email").fill("typed meanwhile");
  await setRole("viewer");
  await expect.poll(() => row.locator(".badge").innerText()).toBe("Viewer");
  expect(await page.getByRole("status").first().innerText()).toBe("The list has changed.");
  expect(await page.getByLabel("Name, username or email").inputValue()).toBe("typed meanwhile");
  expect(await showChanges.count()).toBe(0);

  // A selection is in use, too, wherever the pointer is.
  const box = row.getByRole("checkbox");
  await box.check();
  await page.mouse.move(0, 0);
  await page.getByRole("heading", { level: 1 }).click();
  await setRole("member");
  await showChanges.waitFor();
  // A change that a colleague takes back is none. "3 minutes ago" after "2 minutes ago" is none, either.
  await page.evaluate(
    "document.querySelectorAll('time').forEach((time) => { time.textContent = 'long ago'; })",
  );
  await setRole("viewer");
  await showChanges.waitFor({ state: "hidden" });
  await setRole("member");
  await showChanges.waitFor();
  expect(await box.isChecked()).toBe(true);
  await showChanges.click();
  await expect.poll(() => row.locator(".badge").innerText()).toBe("Member");
  await page.mouse.move(0, 0);
  await setRole("viewer");
  await expect.poll(() => row.locator(".badge").innerText()).toBe("Viewer");

  await openMember(page, "Chidi Anagonye");
  await setRole("member");
  await showChanges.waitFor();
  expect(await row.locator(".badge").innerText()).toBe("Viewer");
  expect(await scrutinize(page, "members, with changes to show")).toEqual([]);
  await showChanges.click();
  await expect.poll(() => row.locator(".badge").innerText()).toBe("Member");
  expect(await showChanges.count()).toBe(0);

  const menu = await openMember(colleague, "Ada Byron");
  await menu.getByText("Remove…").click();
  await menu.getByRole("button", { name: "Yes, remove Ada Byron" }).click();
  await showChanges.waitFor();
  await press(page, "button", "There are changes. Show them");
  await seeHeading(page, "There is nothing here");
});

it("a list without JavaScript is as it was until it is loaded again", async () => {
  const { organization, owner, find } = await foundCompany(application, "Quiet Harbour");
  const { openTab } = await openVisitorAs(owner, { javaScriptEnabled: false });
  const page = await openTab(`/o/${organization.slug}/members`);
  const badge = page.getByRole("listitem").filter({ hasText: "Ines Duarte" }).locator(".badge");
  await application.query("update memberships set role = 'admin' where user_id = $1", [
    find("Ines Duarte").id,
  ]);
  expect(await page.getByText("There are changes").isVisible()).toBe(false);
  expect(await badge.innerText()).toBe("Viewer");
  await page.reload();
  expect(await badge.innerText()).toBe("Admin");
});
