import { describe, expect, it } from "vitest";

import { useIdentityProvider } from "../support/identity-provider.ts";
import { useApplication } from "../support/application.ts";
import { Browser, type Page } from "../support/browser.ts";

// The whole OpenID Connect dance over HTTP, as a browser walks it: application, identity provider,
// Hugging Face, and back.
describe("signing in at the identity provider", () => {
  const provider = useIdentityProvider();
  const application = useApplication({ identityProvider: (baseUrl) => provider.start(baseUrl) });
  const at = (path: string) => application.baseUrl + path;

  async function signInByPassword(browser: Browser, name: string, returnTo = "/account") {
    const { username, password } = await provider.createAccount(name);
    const page = await browser.open(at(`/sign-in?returnTo=${returnTo}`));
    return browser.submit(page, { identifier: username, password });
  }

  async function signInWithHuggingFace(browser: Browser, handle: string): Promise<Page> {
    const people = await browser.open(at("/sign-in?with=huggingface&returnTo=/account"));
    const link = new RegExp(`href="([^"]*[?&;]person=${handle}[^"]*)"`).exec(people.html)?.[1];
    const consent = link
      ? await browser.open(new URL(link.replaceAll("&amp;", "&"), people.url).href, people)
      : await browser.submit(people, {}, handle);
    return browser.submit(consent);
  }

  it("leads a person with a password to the page they asked for", async () => {
    const browser = new Browser();
    const page = await signInByPassword(browser, "Ada Byron");
    expect([page.url, page.status]).toEqual([at("/account"), 200]);
    expect(page.html).toContain("Ada Byron");
  });

  it("makes a user of somebody who signs up there", async () => {
    const browser = new Browser();
    const { username, password, name } = provider.inventAccount("New Comer");
    const page = await browser.open(at("/sign-in?screen=register&returnTo=/organizations"));
    const done = await browser.submit(page, { identifier: username, password, name });
    expect([done.url, done.status]).toEqual([at("/organizations"), 200]);
    expect(done.html).toContain("You are not in an organization yet");
    const created = await browser.submit(done, { name: "New Company" }, "/organizations");
    expect(created.html).toContain("Welcome to New Company");
    expect(created.html).toContain("Owner");
  });

  it("keeps a wrong password at the identity provider, and nobody is signed in", async () => {
    const browser = new Browser();
    const { username } = await provider.createAccount("Wrong Password");
    const page = await browser.open(at("/sign-in"));
    const refused = await browser.submit(page, { identifier: username, password: "not it, sorry" });
    expect(new URL(refused.url).origin).not.toBe(application.baseUrl);
    expect((await browser.open(at("/"))).html).toContain("Create account");
  });

  it("SI01 finishes two tabs in either order, each on its own page", async () => {
    const { username, password } = await provider.createAccount("Two Tabs");
    for (const isReversed of [false, true]) {
      const browser = new Browser();
      const tabs = [
        { returnTo: "/account", page: await browser.open(at("/sign-in?returnTo=/account")) },
        {
          returnTo: "/organizations",
          page: await browser.open(at("/sign-in?returnTo=/organizations")),
        },
      ];
      for (const { returnTo, page } of isReversed ? tabs.toReversed() : tabs) {
        const done = await browser.submit(page, { identifier: username, password });
        expect([done.url, done.status]).toEqual([at(returnTo), 200]);
      }
    }
  });

  it("SI30 lets a Hugging Face person without an e-mail be a full citizen", async () => {
    const browser = new Browser();
    const account = await signInWithHuggingFace(browser, "noemail");
    expect([account.url, account.status]).toEqual([at("/account"), 200]);
    expect(account.html).toContain("None, and that is fine.");
    const organizations = await browser.open(at("/organizations"));
    const created = await browser.submit(organizations, { name: "No Mail" }, "/organizations");
    expect(created.html).toContain("Welcome to No Mail");
  });

  it("SI31 calls a Hugging Face address verified only if Hugging Face does", async () => {
    expect((await signInWithHuggingFace(new Browser(), "ada")).html).toContain("Verified");
    expect((await signInWithHuggingFace(new Browser(), "grace")).html).toContain("Not verified");
    const rows = await application.query(
      "select handle, email, email_verified from identities where provider = 'huggingface' and handle in ('ada', 'grace') order by handle",
    );
    expect(rows).toEqual([
      { handle: "ada", email: "ada@hf.example", email_verified: true },
      { handle: "grace", email: "grace@hf.example", email_verified: false },
    ]);
  });

  it("finds the same user again at the next sign-in", async () => {
    for (let time = 0; time < 2; time += 1) await signInWithHuggingFace(new Browser(), "katherine");
    expect(
      await application.query("select from identities where handle = 'katherine'"),
    ).toHaveLength(1);
  });

  it("signs out here and there: the next sign-in asks for the password again", async () => {
    const browser = new Browser();
    const account = await signInByPassword(browser, "Signing Out");
    let page = await browser.submit(account, {}, "/sign-out");
    // Logto answers with a form that its own script submits.
    if (page.url !== at("/")) page = await browser.submit(page);
    expect([page.url, page.status]).toEqual([at("/"), 200]);
    expect(page.html).toContain("Create account");
    const again = await browser.open(at("/sign-in"));
    expect(again.html).toContain("Password");
  });

  it("asks for nothing where the identity provider still knows the browser", async () => {
    const browser = new Browser();
    await signInByPassword(browser, "Still Known");
    await application.query("delete from sessions");
    const page = await browser.open(at("/account"));
    expect([page.url, page.status]).toEqual([at("/account"), 200]);
    expect(page.html).toContain("Still Known");
  });
});
