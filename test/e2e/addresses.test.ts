import { expect, it } from "vitest";

import { createProject, openSection, pathOf, press, seeHeading, seeText } from "./support/steps.ts";
import { useBrowser } from "./support/browser.ts";

const { application, openVisitorAs } = useBrowser();

it("an organization changes its address, and pages at the former address go on working", async () => {
  const owner = await application.createPerson("Olivia Okafor");
  const mateo = await application.createPerson("Mateo Ruiz");
  const { slug, ...organization } = await application.createOrganization(owner, "Old Mill");
  await application.addMember({ slug, ...organization }, mateo, "member");
  const former = `/o/${slug}`;
  const present = "/o/new-mill";

  const { openTab } = await openVisitorAs(mateo);
  const [form, link] = [await openTab(`${former}/projects`), await openTab(former)];
  const moving = await (await openVisitorAs(owner)).openTab(former);
  await openSection(moving, "Settings");
  await moving.getByLabel("Name", { exact: true }).fill("New Mill");
  await press(moving, "button", "Save name");
  await seeText(moving, "Your changes were saved.");
  await moving.getByLabel("URL", { exact: true }).fill("new-mill");
  await press(moving, "button", "Change URL");
  await seeText(moving, "The URL was changed. Links to the former one lead here for 90 days.");
  expect(pathOf(moving)).toBe(`${present}/settings`);

  await createProject(form, "Sent to the former address");
  expect(pathOf(form)).toMatch(/^\/o\/new-mill\/projects\//);
  await openSection(link, "Members");
  expect(pathOf(link)).toBe(`${present}/members`);
  await link.goto(`${former}?from=a-bookmark`);
  await seeHeading(link, "New Mill");
  expect(new URL(link.url()).search).toBe("?from=a-bookmark");
});
