import { beforeEach, describe, expect, it } from "vitest";
import type { Page } from "../support/browser.ts";
import { exchange, fetchUserinfo, SignInBrowser } from "./browser.ts";
import { useFakeHuggingFace } from "./fake-hugging-face.ts";
import { differences, pageOf } from "./hosted-pages.ts";
import { useMailServer } from "./mail-server.ts";
import { useStandIn } from "./stand-in.ts";

const fake = useFakeHuggingFace();

const standIn = useStandIn(() => ({ huggingFace: fake.option }));
const mail = useMailServer(standIn);

const register = { first_screen: "register" };
const password = "Strong-pass-2026!";
const both = { newPassword: password, confirmPassword: password };

const byUsername = pageOf(
  "hosted page: sign-up by username, first_screen=register with an e-mail address as login_hint",
);
const byEmail = pageOf("hosted page: sign-up by e-mail, first_screen=register with login_hint");
const byNothing = pageOf("hosted page: no sign-up identifiers and no sign-in methods");

async function set(setting: object | undefined): Promise<void> {
  const everything = { signInMode: "SignInAndRegister", ...byUsername.setting, ...setting };
  expect((await standIn.manage("PATCH", "/sign-in-exp", everything)).status).toBe(200);
}
beforeEach(() => set({}));

async function arrive(browser: SignInBrowser, page: Page) {
  const tokens = await exchange(standIn, browser.readCallback(page));
  return fetchUserinfo(standIn, tokens.access_token);
}
const countUsers = async () =>
  (await standIn.list("/users?page_size=1")).headers.get("total-number");

describe("sign-up by username", () => {
  it("refuses an address as Logto does, also a prefilled one", async () => {
    const browser = new SignInBrowser(standIn);
    const hint = { ...register, login_hint: "mo@lantern.example" };
    const page = await browser.authorize(hint);
    const { endpoint } = standIn;
    expect(differences(page, byUsername.name, "authorize", { endpoint })).toEqual([]);
    expect(page.html).toContain('value="mo@lantern.example"');
    const refused = await browser.submit(page);
    expect(refused.status).toBe(422);
    expect(differences(refused, byUsername.name, "Create account", { endpoint })).toEqual([]);
    expect(refused.html).toContain('value="mo@lantern.example"');
  });
});

describe("sign-up by email", () => {
  const [, address = ""] =
    /login_hint=(.*)/.exec(decodeURIComponent(byEmail.seen[0]?.url ?? "")) ?? [];
  let count = 0;
  beforeEach(() => set(byEmail.setting));

  /** Up to the page that asks for the code. */
  async function begin(email = `lena${(count += 1)}@lantern.example`) {
    const browser = new SignInBrowser(standIn);
    const page = await browser.authorize({ ...register, login_hint: email });
    return { browser, email, page, asked: await browser.submit(page) };
  }

  it("asks for the address, the code and a password, page by page as at Logto", async () => {
    const { browser, email, page, asked } = await begin();
    const options = { endpoint: standIn.endpoint, replaced: { [address]: email } };
    expect(differences(page, byEmail.name, "authorize", options)).toEqual([]);
    expect(differences(asked, byEmail.name, "Create account", options)).toEqual([]);
    expect(mail.subjects(email)).toEqual(["Your code (Register)"]);
    const wrong = await browser.submit(asked, { code: "000000" });
    expect(wrong).toMatchObject({ status: 400 });
    expect(wrong.html).toContain("Invalid verification code.");
    const before = await countUsers();
    const proved = await browser.submit(wrong, { code: mail.readCode(email) });
    expect(differences(proved, byEmail.name, "code typed", options)).toEqual([]);
    expect(await countUsers()).toBe(before);
    const claims = await arrive(browser, await browser.submit(proved, both));
    expect(claims).toMatchObject({ email, email_verified: true, username: null, name: null });
  });
});

describe("sign-up by nothing, and one mode alone", () => {
  it("shows no form without identifiers and methods", async () => {
    await set(byNothing.setting);
    const browser = new SignInBrowser(standIn);
    const { endpoint } = standIn;
    const page = await browser.authorize();
    expect(differences(page, byNothing.name, "authorize", { endpoint })).toEqual([]);
    const other = await browser.open(page.url.replace("/sign-in", "/register"));
    expect(differences(other, byNothing.name, "/register", { endpoint })).toEqual([]);
  });

  it.each([
    ["hosted page: signInMode SignIn", "authorize with first_screen=register", register],
    ["hosted page: signInMode Register", "authorize", {}],
  ])("%s", async (name, after, parameters) => {
    await set(pageOf(name).setting);
    const page = await new SignInBrowser(standIn).authorize(parameters);
    expect(differences(page, name, after, { endpoint: standIn.endpoint })).toEqual([]);
  });
});

describe("second factors with the policy UserControlled", () => {
  const { name, seen } = pageOf(
    "MFA factors with policy UserControlled (the old default): sign-in of everybody stops at /mfa-onboarding",
  );

  it("stop every sign-in", async () => {
    await standIn.manage("POST", "/users", { username: "factors", password });
    await set({ mfa: { factors: ["Totp", "BackupCode"], policy: "UserControlled" } });
    const browser = new SignInBrowser(standIn);
    const page = await browser.submit(await browser.authorize(), {
      identifier: "factors",
      password,
    });
    expect(new URL(page.url).pathname).toBe(new URL(seen[0]?.url ?? "", standIn.endpoint).pathname);
    expect(page.html).toContain("Turn on 2-step verification");
    const past = await browser.submit(page);
    expect(differences(past, name, "Skip", { endpoint: standIn.endpoint })).toEqual([]);
    await set({ mfa: { factors: ["Totp", "BackupCode"], policy: "NoPrompt" } });
    await new SignInBrowser(standIn).signIn("factors", password);
    await set({ mfa: { factors: [], policy: "UserControlled" } });
  });
});
