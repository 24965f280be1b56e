import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "playwright-core";
import { expect, it } from "vitest";

import { openAccountMenu, openSwitcher, press, seeHeading } from "./support/steps.ts";
import { photograph } from "./support/screenshots.ts";
import { useTenantry } from "./support/tenantry.ts";
import type { VisitorOptions } from "./support/visitor.ts";

const { application, openVisitor, openVisitorAs } = useTenantry();

const looks = (["light", "dark"] as const).flatMap((colorScheme) =>
  [1280, 360].map((width) => ({ colorScheme, width })),
);

/** Each opens one page, or one state of a page, from nothing. */
const pages: Record<string, () => Promise<Page>> = {
  landing: () => openAnonymously("/"),
  "organizations, empty": () => openAs("Olivia Okafor", "/organizations"),
  "organizations, filled": () => openAsMemberOfThree(() => "/organizations"),
  "organizations, with an error": async () => {
    const page = await openAs("Olivia Okafor", "/organizations", { expectedStatuses: [422] });
    await page.getByLabel("Name", { exact: true }).fill("   ");
    await press(page, "button", "Create organization");
    await page.getByText("Please enter a name.").waitFor();
    return page;
  },
  "organization home": () => openAsMemberOfThree((slug) => `/o/${slug}`),
  "organization home, switcher open": async () => {
    const page = await openAsMemberOfThree((slug) => `/o/${slug}`);
    await openSwitcher(page);
    return page;
  },
  "organization home, account menu open": async () => {
    const page = await openAsMemberOfThree((slug) => `/o/${slug}`);
    await openAccountMenu(page);
    return page;
  },
  "audit log": () => openAsMemberOfThree((slug) => `/o/${slug}/audit-log`),
  "audit log, filter and entry open": async () => {
    const page = await openAsMemberOfThree(
      (slug) => `/o/${slug}/audit-log?action=organization.created`,
    );
    await page.getByRole("listitem").locator("summary").last().click();
    return page;
  },
  "audit log, nothing matches": () =>
    openAsMemberOfThree((slug) => `/o/${slug}/audit-log?to=2020-01-01`),
  "projects, empty": () => openAsMemberOfThree((slug) => `/o/${slug}/projects`),
  "project, about to be deleted": () => openProject("Warehouse pilot"),
  "project, with a name that nothing breaks": () => openProject("W".repeat(80)),
  "projects, with one": async () => {
    const page = await openProject("W".repeat(80));
    await press(page, "link", "All projects");
    await seeHeading(page, "Projects");
    return page;
  },
  account: () => openAsMemberOfThree(() => "/account"),
  "account, in no organization": () => openAs("Olivia Okafor", "/account"),
  "sign-out": () => openAnonymously("/sign-out"),
  "an error": async () => {
    const page = await openAs("Olivia Okafor", "/o/not-mine", { expectedStatuses: [404] });
    await seeHeading(page, "There is nothing here");
    return page;
  },
  "an error with a way on": async () => {
    const page = await openAnonymously("/callback?state=spent", { expectedStatuses: [400] });
    await seeHeading(page, "This sign-in cannot be finished");
    return page;
  },
};

async function openAnonymously(path: string, options?: VisitorOptions): Promise<Page> {
  const { openTab } = await openVisitor(options);
  return openTab(path);
}

async function openAs(name: string, path: string, options?: VisitorOptions): Promise<Page> {
  const { openTab } = await openVisitorAs(await application.createPerson(name), options);
  return openTab(path);
}

/** @param choosePath from the slug of the organization owned */
async function openAsMemberOfThree(choosePath: (slug: string) => string): Promise<Page> {
  const owner = await application.createPerson();
  const person = await application.createPerson("Olivia Okafor");
  const own = await application.createOrganization(person, "Bramble & Daughters");
  for (const [name, role] of [
    ["Northwind Robotics", "admin"],
    ["Kiln Street Studio with a name that goes on and on, well past what fits", "viewer"],
  ] as const) {
    await application.addMember(await application.createOrganization(owner, name), person, role);
  }
  const { openTab } = await openVisitorAs(person);
  return openTab(choosePath(own.slug));
}

/** Makes it as its owner does, and opens what asks whether to delete it. */
async function openProject(name: string): Promise<Page> {
  const page = await openAsMemberOfThree((slug) => `/o/${slug}/projects`);
  await page.getByLabel("Name", { exact: true }).fill(name);
  await press(page, "button", "Create project");
  await seeHeading(page, name);
  await page.getByRole("main").locator("summary").click();
  return page;
}

it.each(Object.entries(pages))(
  "is accessible and fits a phone, in light and dark: %s",
  async (name, open) => {
    const page = await open();
    for (const { colorScheme, width } of looks) {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width, height: 800 });
      await finishTransitions(page);
      await photograph(page, `${name} ${width} ${colorScheme}`);
      expect({ colorScheme, width, faults: await findFaults(page) }).toEqual({
        colorScheme,
        width,
        faults: [],
      });
    }
  },
);

/** A change of colours is a transition, and half-way colours have half the contrast. */
async function finishTransitions(page: Page): Promise<void> {
  await page.evaluate("for (const animation of document.getAnimations()) animation.finish()");
}

/** What axe finds, and whether the page is wider than the screen. */
async function findFaults(page: Page): Promise<string[]> {
  // Our pages have no frames; the other mode would open a tab for each run.
  const { violations } = await new AxeBuilder({ page }).setLegacyMode().analyze();
  const faults = violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target }) => `${id} at ${target.join(" ")}`),
  );
  const overflow = Number(await page.evaluate("document.documentElement.scrollWidth - innerWidth"));
  return overflow > 0 ? [...faults, `${overflow} pixels wider than the screen`] : faults;
}
