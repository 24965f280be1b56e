import { describe, expect, it } from "vitest";
import type { Page } from "playwright-core";

import type { Account } from "../support/identity-provider.ts";
import { pathOf, seeHeading, signIn } from "./support/steps.ts";
import { useBrowser } from "./support/browser.ts";

const { application, openVisitor, identityProvider } = useBrowser();

describe("the callback", () => {
  it("leads to the same page again when it is reloaded or reached by Back", async () => {
    const account = await identityProvider.createAccount("Mira Soto");
    const { openTab } = await openVisitor();
    const page = await openTab("/account");
    const callback = await signInByCallback(page, account);
    await seeHeading(page, "Your account");

    for (const _attempt of ["opened again", "reloaded"]) {
      await page.goto(callback);
      await seeHeading(page, "Your account");
      expect(pathOf(page)).toBe("/account");
    }

    // Back is the hosted page of a sign-in that has ended. It leads back here, and Forward still works.
    await page.goBack();
    await page.goBack();
    await page.goBack();
    await seeHeading(page, "Your organizations");
    await page.goForward();
    await seeHeading(page, "Your account");
  });
});

/** Signs in. @returns the address to which the identity provider sent the browser back */
async function signInByCallback(page: Page, account: Account): Promise<string> {
  const start = `${application.baseUrl}/callback?`;
  const arrival = page.waitForRequest((request) => request.url().startsWith(start));
  await signIn(page, account);
  return (await arrival).url();
}
