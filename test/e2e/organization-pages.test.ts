import type { Page } from "playwright-core";
import { expect, it } from "vitest";

import { suspendMember } from "../../src/memberships/member.ts";
import { foundCompany } from "./support/company.ts";
import { scrutinize } from "./support/scrutiny.ts";
import { openMember, press, seeHeading, seeText } from "./support/steps.ts";
import { useBrowser } from "./support/browser.ts";

const { application, openVisitorAs } = useBrowser();

const longName = "Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetz, and more";

const request = { id: "e2e", ip: "203.0.113.7", userAgent: "Mozilla/5.0 (X11; Linux x86_64)" };

type Visit = {
  company?: string;
  as?: string;
  authenticationAge?: number;
  expectedStatuses?: number[];
};

/** Opens a page of a company with projects, members and an audit log. */
async function open(path: string, visit: Visit = {}): Promise<Page> {
  const { company = "Northwind Robotics", as = "Olivia Okafor", ...options } = visit;
  const { organization, owner, find } = await foundCompany(application, company);
  const actor = { user: owner, organization, request };
  await suspendMember(application.database, actor, { userId: find("Ines Duarte").id });
  const { openTab } = await openVisitorAs(find(as), options);
  return openTab(`/o/${organization.slug}${path}`);
}

/** Each opens one page, or one state of a page, from nothing. */
const pages: Record<string, () => Promise<Page>> = {
  ...Object.fromEntries(
    ["Olivia Okafor", "Maria Aurelia", "Ines Duarte"].map((name) => [
      `members, the acts for ${name}`,
      async () => {
        const page = await open("/members", { company: longName });
        const row = await openMember(page, name);
        // The only owner can neither leave nor be removed.
        const confirmed = row.locator("details summary");
        if ((await confirmed.count()) > 0) await confirmed.click();
        return page;
      },
    ]),
  ),
  roles: () => open("/roles", { company: longName }),
  "members, second page as a viewer": async () => {
    const page = await open("/members", { as: "Colleague A" });
    await press(page, "link", "Next page");
    await seeText(page, "Colleague R");
    return page;
  },
  "members, nobody matches": () => open("/members?search=nobody+at+all&role=admin"),
  "settings of an owner, to be confirmed, with a fault": async () => {
    const page = await open("/settings", { company: longName, expectedStatuses: [422] });
    await page.getByText("Delete organization…").click();
    await page.getByLabel(/to confirm$/).fill("northwind");
    await press(page, "button", "Delete organization");
    await page.locator("[aria-invalid]").waitFor();
    return page;
  },
  "settings of an owner, confirmed, with an address taken": async () => {
    await application.createOrganization(await application.createPerson(), "Taken Already");
    const page = await open("/settings", { authenticationAge: 60, expectedStatuses: [422] });
    await page.getByLabel("URL").fill("taken-already");
    await press(page, "button", "Change address");
    await page.locator("[aria-invalid]").waitFor();
    return page;
  },
  "audit log, filter and entry open": async () => {
    const page = await open("/audit-log?action=member.suspended");
    await page.getByRole("listitem").locator("summary").last().click();
    return page;
  },
  "audit log, nothing matches": () => open("/audit-log?to=2020-01-01"),
  "organizations, one deleted just now": async () => {
    const page = await open("/settings", { company: longName });
    await page.getByText("Delete organization…").click();
    await page.getByLabel(/to confirm$/).fill(longName);
    await press(page, "button", "Delete organization");
    await seeHeading(page, "Your organizations");
    return page;
  },
  "organizations, one where suspended": async () => {
    const page = await open("", { as: "Ines Duarte", expectedStatuses: [403] });
    await seeHeading(page, "Your membership is suspended");
    await press(page, "link", "Go to the start page");
    await seeHeading(page, "Your organizations");
    return page;
  },
};

it.each(Object.entries(pages))(
  "is accessible and fits a phone, in light and dark: %s",
  async (name, openPage) => expect(await scrutinize(await openPage(), name)).toEqual([]),
);

it("scrolls to the tab of the page on a phone", async () => {
  const page = await open("/settings");
  await page.setViewportSize({ width: 390, height: 800 });
  await page.reload();
  const tab = await page.getByRole("link", { name: "Settings", exact: true }).boundingBox();
  expect(tab?.x).toBeGreaterThanOrEqual(0);
  expect((tab?.x ?? 0) + (tab?.width ?? 0)).toBeLessThanOrEqual(390);
});
