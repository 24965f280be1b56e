import { beforeAll, describe, expect, it } from "vitest";
import { computeTotp } from "../../dev/logto/people/totp.ts";
import type { Page } from "../support/browser.ts";
import { SignInBrowser } from "./browser.ts";
import { useFakeHuggingFace } from "./fake-hugging-face.ts";
import { differences } from "./hosted-pages.ts";
import { useMailServer } from "./mail-server.ts";
import { useReceiver } from "./receiver.ts";
import { useStandIn } from "./stand-in.ts";

const fake = useFakeHuggingFace();
const receiver = useReceiver();
const standIn = useStandIn(() => ({ huggingFace: fake.option }));
const mail = useMailServer(standIn);

const redirect = "http://localhost:3000/settings";
const password = "Pass-throwaway-2026!";
const edit = {
  name: "Edit",
  avatar: "Edit",
  username: "Edit",
  email: "Edit",
  password: "Edit",
  social: "Edit",
  mfa: "Edit",
};
const setCenter = (body: object) => standIn.manage("PATCH", "/account-center", body);
let connectorId = "";
beforeAll(async () => {
  await setCenter({ enabled: true, fields: edit });
  const { items } = await standIn.list("/connectors");
  connectorId = items.find(({ target }) => target === "huggingface")?.id ?? "";
  const events = ["User.Data.Updated"];
  await standIn.manage("POST", "/hooks", { events, config: { url: receiver.url } });
});

let count = 0;
/** Signs a person in at the application, and opens one of the account pages. */
async function arrive(page: string, { hasEmail = true } = {}) {
  count += 1;
  const username = `u${count}_acc`;
  const email = `u${count}acc@lantern.example`;
  const user = { username, password, name: "Uma", ...(hasEmail && { primaryEmail: email }) };
  const { body } = await standIn.manage("POST", "/users", user);
  const browser = new SignInBrowser(standIn);
  await browser.signIn(username, password);
  const open = (path: string) => {
    const query = new URLSearchParams({ redirect });
    return browser.open(`${standIn.endpoint}/account/${path}?${query}`);
  };
  const read = async () => (await standIn.manage("GET", `/users/${body.id}`)).body;
  return { browser, email, username, open, read, first: await open(page) };
}

const prove = (browser: SignInBrowser, page: Page) => browser.submit(page, { password });
const tellsOf = async () => {
  await standIn.webhooks.settled();
  return receiver.take().map(({ event }) => String(event));
};

it("computes the codes of RFC 6238, appendix B", () => {
  const secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
  expect(computeTotp(secret, 59_000)).toBe("287082");
  expect(computeTotp(secret, 1_111_111_109_000)).toBe("081804");
});

describe("the account pages", () => {
  it("are not there while they are closed, and say so field by field", async () => {
    const { open } = await arrive("username");
    await setCenter({ enabled: false });
    const off = "hosted account pages while the account center is off";
    expect(seen(await open("security"), off, "GET /account/security")).toEqual([]);
    await setCenter({ enabled: true, fields: {} });
    const closed = await open("password");
    const name = "on, but no field named";
    const after = "GET /account/password?redirect=http%3A%2F%2Flocalhost%3A3000%2Fsettings";
    expect(seen(closed, name, after)).toEqual([]);
    await setCenter({ enabled: true, fields: edit });
  });

  it("ask a browser without a session to sign in, and come back to the page", async () => {
    const { username } = await arrive("security");
    const browser = new SignInBrowser(standIn);
    const page = await browser.open(`${standIn.endpoint}/account/username?redirect=x`);
    const name = "nobody signed in: /account/security asks for sign-in and comes back to it";
    expect(differences(page, name, "GET /account/security", standIn)).toEqual([]);
    const back = await browser.submit(page, { identifier: username, password });
    expect(back.url).toBe(`${standIn.endpoint}/account/username?redirect=x`);
    expect(back.html).toContain("Security verification");
  });

  it("ask for the password, change the username and lead back", async () => {
    const { browser, first, read } = await arrive("username");
    const name = "/account/username?redirect=…";
    const compare = (page: Page, after: string) => seen(page, name, after);
    expect(compare(first, "asked who it is")).toEqual([]);
    const wrong = await browser.submit(first, { password: "wrong" });
    expect(wrong.status).toBe(422);
    const field = await prove(browser, first);
    expect(compare(field, "password given as proof")).toEqual([]);
    const refused = await browser.submit(field, { username: "1st" });
    expect(refused.html).toContain("Username should not start with a number");
    await tellsOf();
    const end = await browser.submit(refused, { username: `renamed_${count}` });
    expect(compare(end, "new username")).toEqual([]);
    expect(await read()).toMatchObject({ username: `renamed_${count}` });
    expect(await tellsOf()).toEqual(["User.Data.Updated"]);
  });

  it("change the email address only with the code that is mailed to it", async () => {
    const { browser, first, read, email } = await arrive("email");
    const name = "/account/email?redirect=…";
    const replaced = { "new.u6vbc9@lantern.example": `new.${email}` };
    expect(seen(first, name, "asked who it is")).toEqual([]);
    const form = await prove(browser, first);
    expect(seen(form, name, "password given as proof")).toEqual([]);
    const asked = await browser.submit(form, { email: `new.${email}` });
    expect(seen(asked, name, "new address", replaced)).toEqual([]);
    expect((await browser.submit(asked, { code: "000000" })).status).toBe(422);
    expect(await read()).toMatchObject({ primaryEmail: email });
    const end = await browser.submit(asked, { code: mail.readCode(`new.${email}`) });
    expect(seen(end, name, "code")).toEqual([]);
    expect(await read()).toMatchObject({ primaryEmail: `new.${email}` });
  });

  it("take a code to one's own address as proof, and set a password", async () => {
    const { browser, first, email, username } = await arrive("password");
    const name = "/account/password?redirect=…";
    const sent = await browser.submit({ ...first, html: lastForm(first.html) });
    const form = await browser.submit(sent, { proofCode: mail.readCode(email) });
    expect(seen(form, name, "password given as proof")).toEqual([]);
    const fields = { newPassword: "Third-2026-pass!", confirmPassword: "Third-2026-pass!" };
    expect(seen(await browser.submit(form, fields), name, "new password")).toEqual([]);
    await new SignInBrowser(standIn).signIn(username, "Third-2026-pass!");
  });

  it("add an authenticator app, whose code every sign-in then asks for, and remove it", async () => {
    const mfa = { factors: ["Totp", "BackupCode"], policy: "NoPrompt" };
    await standIn.manage("PATCH", "/sign-in-exp", { mfa });
    const { browser, first, open, username } = await arrive("authenticator-app");
    const form = await prove(browser, first);
    const secret = /[A-Z2-7]{32}/.exec(form.html)?.[0] ?? "";
    expect((await browser.submit(form, { code: "000000" })).html).toContain("Invalid TOTP code.");
    const end = await browser.submit(form, { code: computeTotp(secret) });
    expect(end.url).toBe(redirect);

    const other = new SignInBrowser(standIn);
    const page = await other.submit(await other.authorize(), { identifier: username, password });
    expect(new URL(page.url).pathname).toBe("/mfa-verification/Totp");
    const skipped = await other.open(page.url.replace("/mfa-verification/Totp", "/mfa-onboarding"));
    expect(skipped.html).toContain("Session not found");
    expect((await other.submit(page, { code: "12345" })).status).toBe(422);
    other.readCallback(await other.submit(page, { code: computeTotp(secret) }));

    await browser.submit(await open("authenticator-app/remove"));
    await new SignInBrowser(standIn).signIn(username, password);
  });

  it("link Hugging Face without trusting its address, and unlink it", async () => {
    const { browser, first, read, open, email } = await arrive("x");
    expect(first.html).toContain("Page not found");
    const name = "/account/social/<connector id>?redirect=…: link, then /remove";
    const asked = await open(`social/${connectorId}`);
    fake.visitor = { sub: `hf-${count}`, name: "Uma H.", email: "other@hf.example" };
    const linked = await prove(browser, asked);
    expect(seen(linked, name, "after Hugging Face")).toEqual([]);
    expect(linked.html).toContain(`href="${redirect}"`);
    expect(await read()).toMatchObject({
      primaryEmail: email,
      identities: { huggingface: { userId: `hf-${count}` } },
    });
    const unlinked = await open(`social/${connectorId}/remove`);
    expect(seen(unlinked, name, "GET …/remove")).toEqual([]);
    expect(await read()).toMatchObject({ identities: {} });
  });

  it("refuse an account that another person has linked", async () => {
    fake.visitor = { sub: "hf-taken" };
    const one = await arrive(`social/${connectorId}`);
    await prove(one.browser, one.first);
    const two = await arrive(`social/${connectorId}`);
    const refused = await prove(two.browser, two.first);
    expect(refused.html).toContain("has been associated with an existing account");
    expect(await two.read()).toMatchObject({ identities: {} });
  });

  it("have no way for a person without password and address, but to set a password first", async () => {
    fake.visitor = { sub: "hf-alone", name: "Only" };
    const browser = new SignInBrowser(standIn);
    await standIn.manage("PATCH", "/sign-in-exp", {
      socialSignIn: { skipRequiredIdentifiers: true },
    });
    await browser.authorize({ direct_sign_in: "social:huggingface" });
    const open = (path: string) =>
      browser.open(`${standIn.endpoint}/account/${path}?${new URLSearchParams({ redirect })}`);
    const name = "somebody who came by Hugging Face alone, without e-mail: /account/security";
    expect(seen(await open("email"), name, "GET /account/email")).toEqual([]);
    expect(seen(await open("password"), name, "GET /account/password")).toEqual([]);
    const last = await open(`social/${connectorId}/remove`);
    expect(last.html).toContain("You need to keep at least one identifier");
  });

  it("accept no form that another site or session sends", async () => {
    const { browser, first, read, username } = await arrive("username");
    const form = await prove(browser, first);
    const answer = await browser.post(form.url, { username: "hijacked", form_token: "forged" });
    expect(answer.status).toBe(403);
    expect(await read()).toMatchObject({ username });
  });

  it("lead back to web addresses only", async () => {
    const { browser, first } = await arrive("username");
    const form = await prove(browser, first);
    const elsewhere = form.html.replace(/redirect=[^"]*/, "redirect=javascript%3Aalert(1)");
    const end = await browser.submit({ ...form, html: elsewhere }, { username: `other_${count}` });
    expect(new URL(end.url).pathname).toBe("/account/username/success");
  });
});

function seen(page: Page, name: string, after: string, replaced: Record<string, string> = {}) {
  const { endpoint } = standIn;
  const found = differences(page, name, after, { endpoint, replaced });
  // The addresses of tasks keep their query here, since no script remembers it.
  return found.filter((difference) => !difference.startsWith("at /account/"));
}

const lastForm = (html: string): string => html.slice(html.lastIndexOf("<form"));
