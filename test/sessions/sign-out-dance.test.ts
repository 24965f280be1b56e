import { describe, expect, it } from "vitest";

import { useApplication } from "../support/application.ts";
import { Browser } from "../support/browser.ts";
import { useIdentityProvider } from "../support/identity-provider.ts";

// At the stand-in: of two forms to sign out it takes the newer, and none that is older than the end of its session.
describe("signing out, in a browser", () => {
  const provider = useIdentityProvider();
  const application = useApplication({ identityProvider: (baseUrl) => provider.start(baseUrl) });
  const at = (path: string) => application.baseUrl + path;

  async function arrive() {
    const { username: identifier, password } = await provider.createAccount("Ada Leaving");
    const browser = new Browser();
    await browser.submit(await browser.open(at("/sign-in")), { identifier, password });
    const [user] = await application.query<{ subject: string }>(
      "select subject from users where username = $1",
      [identifier],
    );
    return { browser, path: `/users/${user?.subject}` };
  }

  it("ends on our front page in both of two tabs", async () => {
    const { browser } = await arrive();
    const tabs = [
      await browser.open(at("/sign-out")),
      await browser.open(at("/sign-out")),
    ] as const;
    const first = await browser.submit(tabs[0]);
    const second = browser.submit(tabs[1]);
    // A script on that page would do this at once.
    expect((await browser.submit(first)).url).toBe(at("/"));
    expect((await browser.submit(await second)).url).toBe(at("/"));
  });

  it.each(["deleted", "suspended"])("does so for a person %s at Logto before", async (what) => {
    const { browser, path } = await arrive();
    if (what === "deleted") await provider.manage("DELETE", path);
    else await provider.manage("PATCH", `${path}/is-suspended`, { isSuspended: true });
    const form = await browser.submit(await browser.open(at("/sign-out")));
    expect((await browser.submit(form)).url).toBe(at("/"));
  });
});
