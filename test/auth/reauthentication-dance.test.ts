import { describe, expect, it } from "vitest";

import { useApplication } from "../support/application.ts";
import { Browser } from "../support/browser.ts";
import { useIdentityProvider } from "../support/identity-provider.ts";

// The same as in reauthentication.test.ts, at the Logto stand-in: the library inside Logto itself decides whether it asks
// again, and what it tells us.
describe("re-authentication at the identity provider", () => {
  const provider = useIdentityProvider({ backchannelLogoutPath: "/back-channel-logout" });
  const application = useApplication({ identityProvider: (baseUrl) => provider.start(baseUrl) });
  const at = (path: string) => application.baseUrl + path;
  const start = () => at("/sign-in?reauthenticate=yes&returnTo=/account");

  /** A person who is signed in here and there, in a browser that can be stopped on its way to the provider. */
  async function arrive(name: string) {
    const { username, password } = await provider.createAccount(name);
    let isHeld = false;
    const browser = new Browser({ stopAt: (url) => isHeld && url.includes("/oidc/auth?") });
    const page = await browser.open(at("/sign-in?returnTo=/account"));
    await browser.submit(page, { identifier: username, password });
    const readProofs = async () => {
      const rows = await application.query<{ isProved: boolean }>(
        `select s.authenticated_at > now() - interval '1 minute' as "isProved"
           from sessions s join users u on u.id = s.user_id
          where u.username = $1 and s.revoked_at is null`,
        [username],
      );
      return rows.map(({ isProved }) => isProved);
    };
    return {
      browser,
      credentials: { identifier: username, password },
      readProofs,
      /** Where the application sends the browser, before it goes there. */
      async reachProvider(): Promise<URL> {
        isHeld = true;
        const { url } = await browser.open(start());
        isHeld = false;
        return new URL(url);
      },
    };
  }

  it("asks for the password although the browser is known, and then believes it", async () => {
    const { browser, credentials, readProofs } = await arrive("Ada Anew");
    expect(await readProofs()).toEqual([null]);
    const asked = await browser.open(start());
    expect(asked.url).not.toContain(application.baseUrl);
    expect(asked.html).toContain("Password");
    const done = await browser.submit(asked, credentials);
    expect([done.url, done.status]).toEqual([at("/account"), 200]);
    expect(done.html).toContain("Ada Anew");
    expect(await readProofs()).toEqual([true]);
  });

  it.each([
    ["prompt and max_age left out", { prompt: null, max_age: null }],
    ["a max_age that lets any session pass", { prompt: null, max_age: "999999" }],
  ])("is not fooled by %s in the address on the way", async (_what, changes) => {
    const { browser, readProofs, reachProvider } = await arrive("Mallory Meddler");
    await provider.ageSessions(60);
    const address = await reachProvider();
    expect([address.searchParams.get("prompt"), address.searchParams.get("max_age")]).toEqual([
      "login",
      "0",
    ]);
    for (const [name, value] of Object.entries(changes)) {
      if (value === null) address.searchParams.delete(name);
      else address.searchParams.set(name, value);
    }
    const refused = await browser.open(address.href);
    expect(new URL(refused.url).pathname).toBe("/callback");
    expect(refused.status).toBe(403);
    expect(refused.html).toContain("We could not verify it’s you");
    expect(await readProofs()).toEqual([null]);
    expect((await browser.open(at("/account"))).html).toContain("Mallory Meddler");
  });

  it("refuses another person whose sign-in there has ended the session here", async () => {
    const { browser, credentials, readProofs } = await arrive("Ada First");
    const other = await provider.createAccount("Eve Second");
    const asked = await browser.open(start());
    const { username: identifier, password } = other;
    // Two accounts in one browser: the provider ends the first one's session with a form that its script submits, and
    // tells us of it before the browser is back.
    const switching = await browser.submit(asked, { identifier, password });
    const page = await browser.submit(switching);
    expect([new URL(page.url).pathname, page.status]).toEqual(["/callback", 403]);
    expect(page.html).toContain("your session has ended");
    expect(await readProofs()).toEqual([]);
    expect(await application.query("select from users where name = 'Eve Second'")).toEqual([]);
    // The provider asks again, on either way.
    expect((await browser.open(at("/account"))).html).toContain("Password");
    const again = await browser.open(start(), page);
    const back = await browser.submit(await browser.submit(again, credentials));
    expect([back.url, back.status]).toEqual([at("/account"), 200]);
    expect(back.html).toContain("Ada First");
    expect(await readProofs()).toEqual([true]);
  });
});
