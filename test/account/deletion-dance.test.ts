import { describe, expect, it } from "vitest";

import { confirmationPhrase } from "../../src/account/schema.ts";
import { useLogto } from "../logto/logto-world.ts";
import { Browser } from "../support/browser.ts";
import { signUpAt } from "../support/hosted-pages.ts";

// At the stand-in, which refuses to sign anybody out by a form that is older than the deletion, as Logto does.
describe("deleting one's account, in a browser", () => {
  const world = useLogto();
  const { application, provider } = world;
  const at = (path: string) => application.baseUrl + path;

  it("ends on our front page, whenever the account at Logto is deleted, and another person can sign in", async () => {
    const { username: identifier, password } = await provider.createAccount("Leaver");
    const browser = new Browser();
    const confirming = await browser.open(
      at("/sign-in?reauthenticate=yes&returnTo=/account/deletion"),
    );
    const form = await browser.submit(confirming, { identifier, password });
    const confirmation = { confirmation: confirmationPhrase };
    const done = await browser.submit(form, confirmation, "/account/deletion");
    expect([done.url, done.status]).toEqual([at("/?notice=account_deleted"), 200]);
    expect(done.html).toContain("Your account is deleted.");

    // Logto knows the browser still: it has to ask who it is, and not let them in to be told that they are deleted.
    expect((await browser.open(at("/sign-in"), done)).html).toContain("Password");
    await world.settle();
    const register = await browser.open(at("/sign-in?screen=register&returnTo=/account"), done);
    const account = provider.inventAccount("Newcomer");
    const newcomer = { identifier: account.username, password: account.password };
    const home = await signUpAt(browser, register, newcomer);
    expect([home.url, home.html.includes(account.username)]).toEqual([at("/account"), true]);
  });
});
