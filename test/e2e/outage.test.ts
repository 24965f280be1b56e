import { expect, it } from "vitest";

import { photograph } from "./support/screenshots.ts";
import { createOrganization, pathOf, press, seeHeading, signIn, signOut } from "./support/steps.ts";
import { useBrowser } from "./support/browser.ts";

const { openVisitor, identityProvider } = useBrowser();

it("people who are signed in can work while the identity provider is down, and others sign in when it is back", async () => {
  const account = await identityProvider.createAccount("Samira Nasser");
  const { openTab, context } = await openVisitor({ expectedStatuses: [503] });
  const page = await openTab("/organizations");
  await signIn(page, account);
  await createOrganization(page, "Lantern Press");
  const home = pathOf(page);

  await identityProvider.stop();
  await page.reload();
  await seeHeading(page, "Lantern Press");
  await page.goto("/account");
  await seeHeading(page, "Your account");
  const stranger = await openVisitor({ expectedStatuses: [503] });
  const visitorPage = await stranger.openTab("/");
  await press(visitorPage, "link", "Sign in");
  await seeHeading(visitorPage, "Sign-in is not available right now");
  expect(pathOf(visitorPage)).toBe("/sign-in");
  await photograph(visitorPage, "sign-in not available");

  const cookies = await context.cookies();
  await signOut(page);
  // The session has ended on the server, too.
  await context.addCookies(cookies);
  await page.goto(home);
  await seeHeading(page, "Sign-in is not available right now");

  await identityProvider.startAgain();
  // The application asks it again a few seconds after it was found down.
  await expect
    .poll(
      async () => {
        await press(visitorPage, "link", "Try again");
        return new URL(visitorPage.url()).hostname;
      },
      { interval: 500 },
    )
    .toBe("127.0.0.1");
  await signIn(visitorPage, account);
  await seeHeading(visitorPage, "Lantern Press");
});
