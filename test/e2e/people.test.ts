import { expect, it } from "vitest";

import { createLink, invite } from "../../src/invitations/invite.ts";
import { actorIn } from "../support/acting.ts";
import { askToJoin } from "../support/join-requests.ts";
import { useBrowser } from "./support/browser.ts";
import { foundCompany } from "./support/company.ts";
import { scrutinize } from "./support/scrutiny.ts";
import { openSection, press, seeHeading, seeText } from "./support/steps.ts";

const { application, openVisitorAs } = useBrowser();

/** A company with a request and an invitation that wait, and an open link. */
async function assemble() {
  const company = await foundCompany(application, "Northwind Robotics");
  const { organization, owner } = company;
  await askToJoin(application, organization, await application.createPerson("Rosa Keller"));
  const actor = actorIn(owner, organization);
  const terms = { role: "member" as const, days: 7 };
  const recipients = [{ kind: "email", address: "new@northwind.example" }] as const;
  await invite(application.database, actor, { ...terms, recipients });
  await createLink(application.database, actor, { ...terms, maxUses: 10, domains: [] });
  return company;
}

it.each([
  ["on a phone", 390],
  ["on a laptop", 1280],
])(
  "an admin finds %s how many wait, who can join without being invited by name, and turns that off",
  async (_where, width) => {
    const { organization, find } = await assemble();
    const { openTab } = await openVisitorAs(find("Ada Byron"), {
      viewport: { width, height: 800 },
    });
    const page = await openTab(`/o/${organization.slug}`);
    await openSection(page, "Members");
    const tabs = page.getByRole("navigation", { name: "People" });
    const seeTab = (name: string) => tabs.getByRole("link", { name, exact: true }).waitFor();
    for (const name of ["Members", "Invitations 2 waiting", "Requests 1 waiting"]) {
      await seeTab(name);
    }
    await openSection(page, "Requests");
    await openSection(page, "Joining");
    const current = tabs.locator("[aria-current]");
    const box = await current.boundingBox();
    expect(box && box.x >= 0 && box.x + box.width <= width).toBe(true);
    expect(await scrutinize(page, "joining")).toEqual([]);
    await page.setViewportSize({ width, height: 800 });
    await seeText(page, "Anyone with the link");
    await page.getByText("Turn off…").click();
    expect(await scrutinize(page, "joining, a link about to be turned off")).toEqual([]);
    await page.setViewportSize({ width, height: 800 });
    await press(page, "button", "Turn off Anyone with the link");
    await seeHeading(page, "Joining");
    expect(await page.getByText("Anyone with the link").count()).toBe(0);
    await seeTab("Invitations 1 waiting");
  },
);

it("the count of a tab follows the list that is open", async () => {
  const { organization, find } = await assemble();
  const { openTab } = await openVisitorAs(find("Ada Byron"));
  const page = await openTab(`/o/${organization.slug}/join-requests`);
  const tabs = page.getByRole("navigation", { name: "People" });
  await tabs.getByRole("link", { name: "Requests 1 waiting", exact: true }).waitFor();
  await askToJoin(application, organization, await application.createPerson("Tom Ferris"));
  await tabs.getByRole("link", { name: "Requests 2 waiting", exact: true }).waitFor();
  await seeText(page, "Tom Ferris");
  expect(await tabs.locator("[aria-current]").count()).toBe(1);
});
