import type { Page } from "playwright-core";
import { expect, it } from "vitest";

import { createProject } from "../../src/projects/project.ts";
import { useBrowser } from "./support/browser.ts";
import { foundCompany } from "./support/company.ts";
import { scrutinize } from "./support/scrutiny.ts";
import { press, seeHeading } from "./support/steps.ts";

const { application, openVisitorAs } = useBrowser();

const longName = "Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetz, and more";

/** Opens a page of a company that has three projects. */
async function open(
  path: string,
  { as = "Olivia Okafor", ...options }: { as?: string; expectedStatuses?: number[] } = {},
): Promise<Page> {
  const { organization, owner, find } = await foundCompany(application, "Northwind Robotics");
  const request = { id: "e2e", ip: "203.0.113.7", userAgent: "Mozilla/5.0 (X11; Linux x86_64)" };
  for (const name of ["Gripper mark II", longName, "Warehouse pilot"]) {
    await createProject(application.database, { user: owner, organization, request }, { name });
  }
  const { openTab } = await openVisitorAs(find(as), options);
  return openTab(`/o/${organization.slug}${path}`);
}

const pages: Record<string, () => Promise<Page>> = {
  "projects, with a fault": async () => {
    const page = await open("/projects", { expectedStatuses: [422] });
    await page.getByLabel("Name", { exact: true }).fill("   ");
    await press(page, "button", "Create project");
    await page.locator("[aria-invalid]").waitFor();
    return page;
  },
  "projects, filtered": () => open("/projects?status=planned&sort=due-date"),
  "a project, to a viewer": async () => {
    const page = await open("/projects", { as: "Colleague A" });
    await page.getByRole("main").getByRole("listitem").getByRole("link").first().click();
    await page.getByText("Last changed").waitFor();
    return page;
  },
  "archived projects, none": () => open("/projects?archived=yes", { as: "Colleague A" }),
  "a project, just created": async () => {
    const page = await open("/projects");
    await page.getByLabel("Name", { exact: true }).fill(longName);
    await press(page, "button", "Create project");
    await seeHeading(page, longName);
    await page.getByText("Delete project…").click();
    return page;
  },
};

it.each(Object.entries(pages))(
  "is accessible and fits a phone, in light and dark: %s",
  async (name, openPage) => expect(await scrutinize(await openPage(), name)).toEqual([]),
);
