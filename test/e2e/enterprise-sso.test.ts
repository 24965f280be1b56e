import { expect, it } from "vitest";

import { useBrowser } from "./support/browser.ts";
import { useEnterprise } from "./support/enterprise.ts";
import { findIdentifier, pathOf, press, seeHeading, seeText } from "./support/steps.ts";

const world = useBrowser();
const { openVisitor } = world;
const acme = useEnterprise(world);

it("signs the people of a company in by a link", async () => {
  acme.arrive("one");
  const { openTab } = await openVisitor();
  const page = await openTab(`/sign-in?sso=${acme.connectorId}&returnTo=/account`);
  await seeHeading(page, "Your account");
  const profile = page.getByRole("region", { name: "Profile" });
  expect(await profile.innerText()).toMatch(/Emma one[^]*one@acme\.example\s+Verified/);
});

it("signs them in by their address, without JavaScript, and refuses another address", async () => {
  const email = acme.arrive("two");
  const { openTab } = await openVisitor({ javaScriptEnabled: false, expectedStatuses: [422] });
  const page = await openTab("/organizations");
  await press(page, "link", "Use Single Sign-On");
  await seeHeading(page, "Single Sign-On");
  await findIdentifier(page).fill("somebody@elsewhere.example");
  await press(page, "button", "Single Sign-On");
  await seeText(page, "Single Sign-On is not enabled for this email account.");
  await findIdentifier(page).fill(email);
  await press(page, "button", "Single Sign-On");
  await seeHeading(page, "Your organizations");
  expect(pathOf(page)).toBe("/organizations");
});
