import { text } from "node:stream/consumers";

import type { Page } from "playwright-core";
import { expect, it } from "vitest";

import { createProject, openSection, press, seeHeading, seeText } from "./support/steps.ts";
import { useBrowser } from "./support/browser.ts";

const { application, openVisitorAs } = useBrowser();

/** The entries of the audit log, the newest first, with actor, action and target. */
function readLog(page: Page): Promise<string[]> {
  const entries = page
    .getByRole("main")
    .getByRole("listitem")
    // Not the links among its facts.
    .locator("p:first-child");
  return entries.allInnerTexts();
}

it("the audit log shows that a project was created, changed, archived, restored and deleted", async () => {
  const owner = await application.createPerson("Olivia Okafor");
  const viewer = await application.createPerson("Ines Duarte");
  const organization = await application.createOrganization(owner, "Acme Robotics");
  await application.addMember(organization, viewer, "viewer");
  const { openTab } = await openVisitorAs(owner);
  const page = await openTab(`/o/${organization.slug}/projects`);
  await seeText(page, "No projects yet");
  await createProject(page, "=HYPERLINK(1)");
  await seeText(page, "The project was created.");
  await page.getByLabel("Name", { exact: true }).fill("Gripper");
  await page.getByLabel("Status").selectOption("Active");
  await page.getByLabel("Due date").fill("2030-01-31");
  await press(page, "button", "Save changes");
  await seeText(page, "Your changes were saved.");
  await seeHeading(page, "Gripper");
  await press(page, "button", "Archive project");
  await seeText(page, "The project was archived.");

  // A viewer finds it among the archived ones, without any button.
  const hers = await (await openVisitorAs(viewer)).openTab(`/o/${organization.slug}/projects`);
  await seeText(hers, "No projects yet");
  await press(hers, "link", "Show archived");
  await press(hers, "link", "Gripper");
  await seeHeading(hers, "Gripper");
  await seeText(hers, "January 31, 2030");
  expect(await hers.getByRole("main").getByRole("button").count()).toBe(0);
  expect(await hers.getByRole("main").locator("form, summary").count()).toBe(0);

  await press(page, "button", "Restore project");
  await seeText(page, "The project was restored.");
  await page.getByText("Delete project…").click();
  await press(page, "button", "Delete it for good");
  await seeText(page, "The project was deleted.");
  await seeText(page, "No projects yet");

  await openSection(page, "Audit log");
  expect(await readLog(page)).toEqual([
    "Olivia Okafor deleted the project Gripper.",
    "Olivia Okafor restored the project Gripper.",
    "Olivia Okafor archived the project Gripper.",
    "Olivia Okafor changed the project Gripper: the name from =HYPERLINK(1) to Gripper, the status from planned to active, the due date to January 31, 2030.",
    "Olivia Okafor created the project =HYPERLINK(1).",
    "Olivia Okafor created the organization Acme Robotics.",
  ]);
  await page.getByText("Filter", { exact: true }).click();
  await page.getByLabel("What", { exact: true }).selectOption("Project created");
  await press(page, "button", "Show");
  await page.waitForURL(/action=project\.created/);
  expect(await readLog(page)).toEqual(["Olivia Okafor created the project =HYPERLINK(1)."]);

  const arrival = page.waitForEvent("download");
  await press(page, "link", "CSV, for spreadsheets");
  const download = await arrival;
  expect(download.suggestedFilename()).toBe(`${organization.slug}-audit-log.csv`);
  const [head, ...lines] = (await text(await download.createReadStream())).trimEnd().split("\r\n");
  expect(head).toContain("action");
  expect(lines).toHaveLength(1);
  expect(lines[0]).toContain("project.created");
  expect(lines[0]).toContain("Olivia Okafor");
  // A spreadsheet must not run it as a formula.
  expect(lines[0]).toContain(`,"'=HYPERLINK(1)",`);
});
