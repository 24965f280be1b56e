import { expect, it } from "vitest";

import { createOrganization, pathOf, press, seeHeading, signIn, signUp } from "./support/steps.ts";
import { useBrowser } from "./support/browser.ts";

const { openVisitor, identityProvider } = useBrowser();

it("deletes an account after the password and a decision about the organization, without JavaScript", async () => {
  const { openTab } = await openVisitor({
    javaScriptEnabled: false,
    expectedStatuses: [403, 404, 409],
  });
  const account = identityProvider.inventAccount("Olivia Okafor");
  const page = await openTab("/");
  await press(page, "link", "Create account");
  await signUp(page, account);
  await createOrganization(page, "Acme Robotics");
  const home = pathOf(page);

  await page.goto("/account");
  await press(page, "link", "Delete your account…");
  await press(page, "link", "Verify it's you");
  await signIn(page, account);
  await seeHeading(page, "Delete your account");

  const confirmAndDelete = async () => {
    await page.getByLabel("Type “delete my account” to confirm").fill("delete my account");
    await press(page, "button", "Delete my account");
  };
  await confirmAndDelete();
  await page.getByText("Please choose who gets it, or that it is deleted.").waitFor();
  await page
    .getByLabel("What becomes of it Acme Robotics")
    .selectOption({ label: "Delete it, with everything in it" });
  await confirmAndDelete();
  await seeHeading(page, "Your product’s front door");
  await page.getByText("Your account is deleted.").waitFor();

  await page.goto("/sign-in");
  await signIn(page, account);
  await seeHeading(page, "This account was deleted");
  await press(page, "link", "Sign out");
  await press(page, "button", "Sign out");
  // Without JavaScript, the identity provider's page needs a press.
  await seeHeading(page, "Signing out");
  await press(page, "button", "Sign out");
  await seeHeading(page, "Your product’s front door");

  // Another person can sign in with this browser, and does not find the organization.
  await press(page, "link", "Create account");
  await signUp(page, identityProvider.inventAccount("Chidi Okafor"));
  await seeHeading(page, "Your organizations");
  expect((await page.goto(home))?.status()).toBe(404);
});
