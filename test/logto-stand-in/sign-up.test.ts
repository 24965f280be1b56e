import { beforeEach, describe, expect, it } from "vitest";
import type { Page } from "../support/browser.ts";
import { exchange, fetchUserinfo, SignInBrowser } from "./browser.ts";
import { useFakeHuggingFace } from "./fake-hugging-face.ts";
import { differences, pageOf, readText } from "./hosted-pages.ts";
import { useMailServer } from "./mail-server.ts";
import { decodeToken } from "./recordings.ts";
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
  it("takes a username, then a password, and has no name and no address to give", async () => {
    const browser = new SignInBrowser(standIn);
    const next = await browser.submit(await browser.authorize(register), {
      identifier: "newbie_1",
    });
    expect(new URL(next.url).pathname).toBe("/register/password");
    const claims = await arrive(browser, await browser.submit(next, both));
    expect(claims).toMatchObject({ username: "newbie_1", name: null, email: null });
  });

  it("refuses an address as Logto does, also one that was filled in", async () => {
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

  it.each([
    ["1abc", "should not start with a number"],
    ["with space", "should only contain"],
    ["üni", "should only contain"],
    ["dash-ed", "should only contain"],
    ["", "is required"],
  ])("refuses %j", async (identifier, message) => {
    const browser = new SignInBrowser(standIn);
    const page = await browser.submit(await browser.authorize(register), { identifier });
    expect(page).toMatchObject({ status: 422, html: expect.stringContaining(message) });
  });

  it.each([
    ["too short", { newPassword: "1a2b3c" }, "too short"],
    ["a sequence", { newPassword: "12345678" }, "plain sequence"],
    ["one character", { newPassword: "aaaaaaaa" }, "single character"],
    ["not the same twice", { newPassword: password, confirmPassword: "another" }, "match"],
  ])("refuses a password that is %s, and makes nobody", async (_what, fields, message) => {
    const browser = new SignInBrowser(standIn);
    const username = "careful";
    const page = await browser.submit(await browser.authorize(register), { identifier: username });
    const before = await countUsers();
    const refused = await browser.submit(page, fields);
    expect(refused.status).toBe(422);
    expect(refused.html).toContain(message);
    expect(await countUsers()).toBe(before);
  });

  it("has no page for a step whose earlier steps are not done", async () => {
    const browser = new SignInBrowser(standIn);
    await browser.authorize(register);
    for (const path of [
      "/register/password",
      "/register/verification-code",
      "/sign-in/password",
      "/continue/username",
      "/continue/email",
      "/continue/password",
      "/social/link/x",
      "/mfa-onboarding",
    ]) {
      const page = await browser.open(`${standIn.endpoint}${path}`);
      expect([path, page.status]).toEqual([path, 200]);
      expect(readText(page.html)).toContain("flow state not found");
    }
  });
});

describe("sign-up by e-mail", () => {
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

  it("offers to sign in with the same code where the address is registered", async () => {
    const { body } = await standIn.manage("POST", "/users", {
      primaryEmail: "Known@lantern.example",
      password,
    });
    const { browser, email, asked } = await begin("known@lantern.example");
    const offer = await browser.submit(asked, { code: mail.readCode(email) });
    expect(offer.html).toContain("already exists, would you like to sign in?");
    const tokens = await exchange(standIn, browser.readCallback(await browser.submit(offer)));
    expect(decodeToken(tokens.id_token).claims["sub"]).toBe(body.id);
  });

  it("signs in by address and password on two pages, or by a code", async () => {
    await standIn.manage("POST", "/users", { primaryEmail: "two@lantern.example", password });
    const browser = new SignInBrowser(standIn);
    const page = await browser.authorize();
    expect(page.html).not.toContain('name="password"');
    const next = await browser.submit(page, { identifier: "TWO@lantern.example" });
    expect(new URL(next.url).pathname).toBe("/sign-in/password");
    const claims = await arrive(browser, await browser.submit(next, { password }));
    expect(claims).toMatchObject({ email: "two@lantern.example" });

    const other = new SignInBrowser(standIn);
    const again = await other.submit(await other.authorize(), {
      identifier: "two@lantern.example",
    });
    const asked = await other.submit(again, {}, "/sign-in/verification-code");
    const code = mail.readCode("two@lantern.example");
    expect(await arrive(other, await other.submit(asked, { code }))).toMatchObject({
      sub: claims.sub,
    });
    expect(mail.subjects("two@lantern.example")).toEqual(["Your code (SignIn)"]);
  });

  it("asks a user without an address for one at the next sign-in", async () => {
    const { body } = await standIn.manage("POST", "/users", { username: "older_user", password });
    const username = { identifier: "username", password: true, verificationCode: false };
    const email = { identifier: "email", password: true, verificationCode: true };
    const methods = [email, username].map((method) => ({ ...method, isPasswordPrimary: true }));
    await set({ ...byEmail.setting, signIn: { methods } });
    const browser = new SignInBrowser(standIn);
    const page = await browser.submit(await browser.authorize(), { identifier: "older_user" });
    const asked = await browser.submit(page, { password });
    expect(new URL(asked.url).pathname).toBe("/continue/email");
    const sent = await browser.submit(asked, { identifier: "older@lantern.example" });
    expect(new URL(sent.url).pathname).toBe("/continue/verification-code");
    const code = mail.readCode("older@lantern.example");
    const claims = await arrive(browser, await browser.submit(sent, { code }));
    expect(claims).toMatchObject({ sub: body.id, email: "older@lantern.example" });
    expect(mail.subjects("older@lantern.example")).toEqual(["Your code (SignIn)"]);
  });

  it("makes a person who proved an address of an organization's domain a member, with its roles", async () => {
    const name = "Lantern";
    const { body: organization } = await standIn.manage("POST", "/organizations", { name });
    const { body: role } = await standIn.manage("POST", "/organization-roles", { name: "guest" });
    const jit = `/organizations/${organization.id}/jit`;
    await standIn.manage("POST", `${jit}/email-domains`, { emailDomain: "jit.example" });
    await standIn.manage("PUT", `${jit}/roles`, { organizationRoleIds: [role.id] });
    const { browser, email, asked } = await begin("jo@JIT.example");
    const proved = await browser.submit(asked, { code: mail.readCode(email) });
    const claims = await arrive(browser, await browser.submit(proved, both));
    expect(claims["organization_roles"]).toEqual([`${organization.id}:guest`]);
    // A user that an operator makes does not become a member.
    await standIn.manage("POST", "/users", { primaryEmail: "made@jit.example" });
    expect((await standIn.list(`/organizations/${organization.id}/users`)).items).toHaveLength(1);
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

  it("does not make new users where only sign-in is allowed, also by Hugging Face", async () => {
    await set({ signInMode: "SignIn", socialSignIn: { skipRequiredIdentifiers: true } });
    fake.visitor = { sub: "hf-closed", name: "Closed" };
    const before = await countUsers();
    const direct = { direct_sign_in: "social:huggingface" };
    const page = await new SignInBrowser(standIn).authorize(direct);
    expect(page.html).toContain("Forbidden. Please check your user roles and permissions.");
    expect(await countUsers()).toBe(before);
  });
});

describe("sign-in methods", () => {
  it("refuse a method that is not among them", async () => {
    const address = "both@lantern.example";
    await standIn.manage("POST", "/users", {
      username: "both_ways",
      primaryEmail: address,
      password,
    });
    const browser = new SignInBrowser(standIn);
    const page = await browser.submit(await browser.authorize(), { identifier: address, password });
    expect(page).toMatchObject({
      status: 422,
      html: expect.stringContaining("The username is invalid"),
    });
    await arrive(browser, await browser.submit(page, { identifier: "both_ways", password }));

    const signIn = {
      methods: [
        { identifier: "email", password: false, verificationCode: true, isPasswordPrimary: false },
      ],
    };
    await set({ ...byEmail.setting, signIn });
    const other = new SignInBrowser(standIn);
    const asked = await other.submit(await other.authorize(), { identifier: address });
    const url = asked.url.replace("verification-code", "password");
    const refused = await other.submit(await other.open(url), { password });
    expect(refused.html).toContain("This sign-in method is not enabled.");
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
