import { describe, expect, it } from "vitest";

import { useApplication } from "../support/application.ts";
import { Browser } from "../support/browser.ts";
import { useIdentityProvider } from "../support/identity-provider.ts";

// All ports of localhost share their cookies (RFC 6265, section 8.5): two clones on one laptop, each with a Logto
// stand-in of its own, meet in one browser.
describe("two installations on one host", () => {
  const providers = [useIdentityProvider(), useIdentityProvider()] as const;
  const applications = [
    useApplication({ identityProvider: (baseUrl) => providers[0].start(baseUrl) }),
    useApplication({ identityProvider: (baseUrl) => providers[1].start(baseUrl) }),
  ] as const;

  it("keep a person signed in at both, and sign out of one of them only", async () => {
    const browser = new Browser();
    const pages = [];
    // Both sign-ins are begun before either is finished.
    for (const { baseUrl } of applications) {
      pages.push(await browser.open(`${baseUrl}/sign-in?returnTo=/account`));
    }
    for (const [index, page] of pages.entries()) {
      const { username, password } = await providers[index as 0 | 1].createAccount(
        `Person ${index}`,
      );
      const done = await browser.submit(page, { identifier: username, password });
      expect(done.url).toBe(`${applications[index as 0 | 1].baseUrl}/account`);
      expect(done.html).toContain(`Person ${index}`);
    }
    const [first, second] = applications;
    expect((await browser.open(`${first.baseUrl}/account`)).html).toContain("Person 0");
    const page = await browser.open(`${first.baseUrl}/account`);
    await browser.submit(await browser.submit(page, {}, "/sign-out"));
    expect((await browser.open(`${second.baseUrl}/account`)).html).toContain("Person 1");
    expect((await browser.open(`${first.baseUrl}/account`)).html).not.toContain("Person 0");
  });
});
