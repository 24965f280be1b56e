import { expect, it } from "vitest";

import {
  createOrganization,
  openSection,
  pathOf,
  press,
  seeHeading,
  seeRole,
  seeText,
  signIn,
  signUp,
} from "./support/steps.ts";
import { useBrowser } from "./support/browser.ts";

const { application, openVisitor, openVisitorAs, identityProvider } = useBrowser();

it("hands an organization over after asking for the password, and restores one, without JavaScript", async () => {
  const { openTab } = await openVisitor({ javaScriptEnabled: false, expectedStatuses: [422] });
  const account = identityProvider.inventAccount("Olivia Okafor");
  const page = await openTab("/");
  await press(page, "link", "Create account");
  await signUp(page, account);
  await createOrganization(page, "Acme Robotics");
  const home = pathOf(page);
  const slug = home.slice("/o/".length);

  await openSection(page, "Settings");
  await page.getByText("Delete organization…").click();
  await page.getByLabel(`Type ${slug} to confirm`).fill("something else");
  await press(page, "button", "Delete organization");
  await page.getByText(`Please type ${slug} to confirm.`).waitFor();
  await page.getByLabel(`Type ${slug} to confirm`).fill(slug);
  await press(page, "button", "Delete organization");
  await seeHeading(page, "Your organizations");
  await press(page, "button", "Restore Acme Robotics");
  await seeText(page, "The organization was restored.");

  const chidi = await application.createPerson("Chidi Okafor");
  const [row] = await application.query<{ id: string }>(
    "select id from organizations where slug = $1",
    [slug],
  );
  const organization = { id: row?.id ?? "", slug, name: "Acme Robotics" };
  await application.addMember(organization, chidi, "member");
  const hisPage = await (await openVisitorAs(chidi, { javaScriptEnabled: false })).openTab(home);
  await seeRole(hisPage, "Member");
  await page.reload();
  await press(page, "link", "Verify it's you");
  await signIn(page, account);
  await seeHeading(page, "Settings");
  expect(pathOf(page)).toBe(`${home}/settings`);
  await press(page, "button", "Transfer ownership");
  await page.getByText("Please choose a person.").waitFor();
  await page.getByLabel("New owner").selectOption({ label: "Chidi Okafor (member)" });
  await press(page, "button", "Transfer ownership");
  await seeText(page, "The ownership was transferred. You are an admin now.");
  await openSection(page, "Home");
  await seeRole(page, "Admin");
  await hisPage.reload();
  await seeRole(hisPage, "Owner");
  await openSection(hisPage, "Settings");
});
