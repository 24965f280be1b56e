import { describe, expect, it } from "vitest";

import { answerHuggingFace } from "../support/answer-hugging-face.ts";
import { useIdentityProvider } from "../support/identity-provider.ts";
import { useApplication } from "../support/application.ts";
import { Browser, type Page } from "../support/browser.ts";
import { signUpAt } from "../support/hosted-pages.ts";

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
    return answerHuggingFace(browser, people, handle);
  }

  it("leads a person with a password to the page they asked for", async () => {
    const browser = new Browser();
    const page = await signInByPassword(browser, "Ada Byron");
    expect([page.url, page.status]).toEqual([at("/account"), 200]);
    expect(page.html).toContain("Ada Byron");
  });

  it("creates a user for a person who signs up there", async () => {
    const browser = new Browser();
    const { username: identifier, password } = provider.inventAccount("New Comer");
    const page = await browser.open(at("/sign-in?screen=register&returnTo=/organizations"));
    const done = await signUpAt(browser, page, { identifier, password });
    expect([done.url, done.status]).toEqual([at("/organizations"), 200]);
    expect(done.html).toContain("You are not in an organization yet");
    const created = await browser.submit(done, { name: "New Company" }, "/organizations");
    expect(created.html).toContain("New Company");
    expect(created.html).toContain("Owner");
  });

  // Logto keeps one sign-in of an application for a browser: the one that was begun last.
  it.each([
    ["the first", ["/account", "/organizations"]],
    ["the second", ["/organizations", "/account"]],
  ])("SI01 ends two tabs signed in, begun at once and finished in %s", async (_name, order) => {
    const { username: identifier, password } = await provider.createAccount("Two Tabs");
    const browser = new Browser();
    const tabs = new Map<string, Page>();
    for (const returnTo of ["/account", "/organizations"])
      tabs.set(returnTo, await browser.open(at(`/sign-in?returnTo=${returnTo}`)));
    const [first, second] = order.flatMap((returnTo) => tabs.get(returnTo) ?? []);
    if (!first || !second) throw new Error("no pages");
    const done = await browser.submit(first, { identifier, password });
    expect([done.url, done.status]).toEqual([at("/organizations"), 200]);
    // The other tab's form is spent; reloaded, it leads back here.
    expect((await browser.submit(second, { identifier, password })).status).toBe(400);
    const reloaded = await browser.open(second.url);
    expect(reloaded.url.startsWith(application.baseUrl)).toBe(true);
    expect((await browser.open(at("/account"))).html).toContain("Two Tabs");
  });

  it("SI30 gives a Hugging Face person without an email everything that others have", async () => {
    const browser = new Browser();
    const account = await signInWithHuggingFace(browser, "noemail");
    expect([account.url, account.status]).toEqual([at("/account"), 200]);
    expect(account.html).toContain("No email address. Add one");
    const organizations = await browser.open(at("/organizations"));
    const created = await browser.submit(organizations, { name: "No Mail" }, "/organizations");
    expect(created.html).toContain("No Mail");
  });

  it("SI31 calls a Hugging Face address verified only if Hugging Face does", async () => {
    await provider.askForAddress();
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
