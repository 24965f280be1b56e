import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";

import { useBrowser } from "./support/browser.ts";
import { scrutinize } from "./support/scrutiny.ts";
import { openAccountMenu, openSwitcher, pathOf } from "./support/steps.ts";
import type { VisitorOptions } from "./support/visitor.ts";

const { application, openVisitorAs } = useBrowser();

const names = ["Acme", "Birch", "Cedar", "Dövér", "Elm", "Fir", "Hazel", "Ivy"];

/** Opens the members of the first of eight organizations. */
async function openAsMemberOfEight(options: VisitorOptions) {
  const person = await application.createPerson("Olivia Okafor");
  const [first] = await Promise.all(
    names.map((name) => application.createOrganization(person, name)),
  );
  const { openTab } = await openVisitorAs(person, options);
  const page = await openTab(`/o/${first?.slug ?? ""}/members`);
  const organizations = page.getByRole("navigation", { name: "Organizations", exact: true });
  return { page, organizations, opener: organizations.getByRole("button") };
}

/** The text of what has the focus; of a field, its name. */
const readFocus = (page: Page) =>
  page.evaluate(
    "(document.activeElement.ariaLabel ?? document.activeElement.textContent).trim().replace(/^[A-Z](?=[A-Z])/, '')",
  );

const viewports = [
  { width: 390, height: 800 },
  { width: 1280, height: 800 },
];

describe.each(viewports)("the switcher, $width pixels wide", (viewport) => {
  it("is used by the keyboard alone, and finds one of many organizations", async () => {
    const { page, organizations, opener } = await openAsMemberOfEight({ viewport });
    await opener.focus();
    await page.keyboard.press("ArrowDown");
    await expect.poll(() => readFocus(page)).toBe("Search your organizations");
    await page.keyboard.type("dover");
    await organizations.getByText("1 of your 8 organizations").waitFor();
    expect(await organizations.getByRole("link").allInnerTexts()).toHaveLength(3);
    await page.keyboard.press("ArrowDown");
    expect(await readFocus(page)).toContain("Dövér");
    await page.keyboard.press("ArrowDown");
    expect(await readFocus(page)).toBe("All organizations");
    await page.keyboard.press("End");
    expect(await readFocus(page)).toBe("Create an organization");
    await page.keyboard.press("ArrowDown");
    expect(await readFocus(page)).toBe("Search your organizations");
    await page.keyboard.press("Enter");
    await page.waitForURL(/\/o\/doever/);
    expect(pathOf(page)).toMatch(/\/members$/);
  });

  it("closes by Escape, by a tap outside, and when the focus moves on", async () => {
    const { page, organizations, opener } = await openAsMemberOfEight({ viewport });
    const link = organizations.getByRole("link", { name: "All organizations" });
    const search = organizations.getByRole("searchbox");

    await opener.click();
    await search.fill("nothing like it");
    await organizations.getByText("None of your 8 organizations").waitFor();
    await page.keyboard.press("Escape");
    await link.waitFor({ state: "hidden" });
    await opener.and(page.locator(":focus")).waitFor();

    await opener.click();
    await page.mouse.click(viewport.width - 5, viewport.height - 5);
    await link.waitFor({ state: "hidden" });

    await opener.focus();
    await page.keyboard.press("Enter");
    await expect.poll(() => readFocus(page)).toBe("Search your organizations");
    await page.keyboard.press("End");
    await page.keyboard.press("ArrowUp");
    expect(await readFocus(page)).toBe("Create an organization");
    await page.keyboard.press("Tab");
    await link.waitFor({ state: "hidden" });
    expect(await readFocus(page)).toContain("Account menu of Olivia Okafor");
  });

  it("works without JavaScript: the list is whole, and Escape and a tap outside close it", async () => {
    const { page, organizations, opener } = await openAsMemberOfEight({
      viewport,
      javaScriptEnabled: false,
    });
    const link = organizations.getByRole("link", { name: "All organizations" });
    await opener.click();
    await link.waitFor();
    expect(await organizations.getByRole("link").count()).toBe(10);
    expect(await organizations.getByRole("searchbox").count()).toBe(0);
    await page.keyboard.press("Escape");
    await link.waitFor({ state: "hidden" });
    await opener.click();
    await page.mouse.click(viewport.width - 5, viewport.height - 5);
    await link.waitFor({ state: "hidden" });
    await opener.click();
    await organizations.getByRole("link", { name: "Hazel" }).click();
    await page.waitForURL(/\/o\/hazel.*\/members$/);
  });
});

it("opens one menu at a time, and the account's by arrows as well", async () => {
  const { page, organizations } = await openAsMemberOfEight({});
  await openSwitcher(page);
  const account = await openAccountMenu(page);
  await organizations.getByRole("searchbox").waitFor({ state: "hidden" });
  await page.keyboard.press("ArrowDown");
  expect(await readFocus(page)).toBe("Your account");
  await page.keyboard.press("ArrowUp");
  expect(await readFocus(page)).toBe("Sign out");
  await page.keyboard.press("Escape");
  await account.getByRole("link").waitFor({ state: "hidden" });
  expect(await readFocus(page)).toContain("Account menu of Olivia Okafor");
});

it("is accessible and fits a phone, in light and dark, with a search", async () => {
  const { page } = await openAsMemberOfEight({});
  const menu = await openSwitcher(page);
  await menu.getByRole("searchbox").fill("e");
  expect(await scrutinize(page, "switcher with a search")).toEqual([]);
});
