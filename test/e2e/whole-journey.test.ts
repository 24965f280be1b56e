import { expect, it } from "vitest";

import { claim } from "../../src/landing/content.ts";
import {
  createOrganization,
  openSwitcher,
  pathOf,
  press,
  seeHeading,
  seeRole,
  seeText,
  signOut,
  signUp,
  switchTo,
} from "./support/steps.ts";
import { useBrowser } from "./support/browser.ts";

const { openVisitor, identityProvider } = useBrowser();

it.each([
  { browser: "an ordinary browser", javaScriptEnabled: true },
  { browser: "a browser without JavaScript", javaScriptEnabled: false },
])(
  "a new person signs up, creates two organizations and signs out, in $browser",
  async ({ javaScriptEnabled }) => {
    const { openTab } = await openVisitor({ javaScriptEnabled });
    const page = await openTab("/");
    await seeHeading(page, claim);
    await press(page, "link", "Create account");
    await signUp(page, identityProvider.inventAccount("Olivia Okafor"));

    await seeHeading(page, "Your organizations");
    await seeText(page, "You are not in an organization yet");
    await createOrganization(page, "Acme Robotics");
    await seeRole(page, "Owner");
    const acme = pathOf(page);

    const menu = await openSwitcher(page);
    await menu.getByRole("link", { name: "Create an organization" }).click();
    await seeHeading(page, "Your organizations");
    await createOrganization(page, "Bramble & Daughters");
    await seeRole(page, "Owner");
    const bramble = pathOf(page);
    expect(bramble).not.toBe(acme);

    await switchTo(page, "Acme Robotics");
    expect(pathOf(page)).toBe(acme);
    await switchTo(page, "Bramble & Daughters");
    expect(pathOf(page)).toBe(bramble);

    await signOut(page, { confirm: !javaScriptEnabled });
    expect(pathOf(page)).toBe("/");
    await page.goto(acme);
    await seeHeading(page, "Sign in to your account");
  },
);
