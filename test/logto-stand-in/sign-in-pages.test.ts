import { describe, expect, it } from "vitest";
import { SignInBrowser, exchange, fetchUserinfo } from "./browser.ts";
import { decodeToken } from "./recordings.ts";
import { application, useStandIn } from "./stand-in.ts";

const standIn = useStandIn();
const password = "Pass-anna-2026!";
let number = 0;

/** Makes a new person for each test. */
async function createPerson(): Promise<{ id: string; username: string; email: string }> {
  number += 1;
  const username = `anna${number}`;
  const email = `${username}@pages.test`;
  const { body } = await standIn.manage("POST", "/users", {
    username,
    primaryEmail: email,
    password,
  });
  return { id: body.id, username, email };
}

describe("signing in", () => {
  it("works by username, and by e-mail address in any case where that is among the methods", async () => {
    const { id, username, email } = await createPerson();
    const method = { password: true, verificationCode: false, isPasswordPrimary: true };
    const methods = ["username", "email"].map((identifier) => ({ identifier, ...method }));
    await standIn.manage("PATCH", "/sign-in-exp", { signIn: { methods } });
    for (const identifier of [username, email, email.toUpperCase()]) {
      const tokens = await exchange(
        standIn,
        await new SignInBrowser(standIn).signIn(identifier, password),
      );
      expect(decodeToken(tokens.id_token).claims["sub"]).toBe(id);
    }
    const byUsername = { methods: methods.slice(0, 1) };
    await standIn.manage("PATCH", "/sign-in-exp", { signIn: byUsername });
    const { body } = await standIn.manage("GET", `/users/${id}`);
    expect(body["lastSignInAt"]).toBeGreaterThan(0);
    expect(body).toMatchObject({ applicationId: application.id });
  });

  it("keeps the typed identifier and says what is wrong", async () => {
    const { username } = await createPerson();
    const browser = new SignInBrowser(standIn);
    const page = await browser.submit(await browser.authorize(), {
      identifier: username,
      password: "not hers",
    });
    expect(page.status).toBe(422);
    expect(page.html).toContain("Incorrect account or password.");
    expect(page.html).toContain(`value="${username}"`);
    expect(page.html).not.toContain("not hers");
    const callback = browser.readCallback(
      await browser.submit(page, { identifier: username, password }),
    );
    expect((await exchange(standIn, callback)).status).toBe(200);
  });

  it("prefills the identifier with login_hint, escaped", async () => {
    const page = await new SignInBrowser(standIn).authorize({
      login_hint: `"><script>alert(1)</script>`,
    });
    expect(page.html).toContain("&quot;");
    expect(page.html).not.toContain("<script>alert");
  });

  it("needs no page in a live session; prompt=login asks again, and admits another person", async () => {
    const [anna, other] = [await createPerson(), await createPerson()];
    const browser = new SignInBrowser(standIn);
    await browser.signIn(anna.username, password);
    browser.readCallback(await browser.authorize());
    const page = await browser.authorize({ prompt: "login" });
    expect(page.html).toContain("Sign in to your account");
    // The first session ends by a form, that submits itself only where there is JavaScript.
    const between = await browser.submit(page, { identifier: other.username, password });
    expect(between.html).toContain("Continue");
    const callback = browser.readCallback(await browser.submit(between));
    const tokens = await exchange(standIn, callback);
    expect(decodeToken(tokens.id_token).claims["sub"]).toBe(other.id);
    const silent = await exchange(
      standIn,
      browser.readCallback(await browser.authorize({ prompt: "none" })),
    );
    expect(decodeToken(silent.id_token).claims["sub"]).toBe(other.id);
  });
});

describe("forms that come too late or from elsewhere", () => {
  it("say that the session is gone when the page was open too long", async () => {
    const { username } = await createPerson();
    const browser = new SignInBrowser(standIn);
    const page = await browser.authorize({ login_hint: username });
    await standIn.query(
      `update oidc_models set payload = payload || jsonb_build_object('exp', (payload->>'exp')::int - 3700)
       where model = 'Interaction' and payload->'params'->>'login_hint' = $1`,
      [username],
    );
    const late = await browser.submit(page, { identifier: username, password });
    expect(late.status).toBe(400);
    expect(late.html).toContain("Session not found. Please go back and sign in again.");
    expect((await browser.open(page.url)).url).toBe(`${standIn.endpoint}/unknown-session`);
  });

  it("are refused without their token", async () => {
    const { username } = await createPerson();
    const browser = new SignInBrowser(standIn);
    const { url } = await browser.authorize();
    for (const token of [undefined, "forged"]) {
      const fields = {
        identifier: username,
        password,
        ...(token === undefined ? {} : { form_token: token }),
      };
      const answer = await browser.post(url, fields);
      expect(answer.status).toBe(403);
    }
  });
});

describe("a restart", () => {
  it("keeps sessions, tokens, keys and open pages valid", async () => {
    const { username, id } = await createPerson();
    const browser = new SignInBrowser(standIn);
    const tokens = await exchange(standIn, await browser.signIn(username, password));
    const unspent = browser.readCallback(await browser.authorize());
    const waiting = new SignInBrowser(standIn);
    const page = await waiting.authorize();
    const jwks: unknown = await (await fetch(`${standIn.issuer}/jwks`)).json();

    await standIn.restart();

    expect(await (await fetch(`${standIn.issuer}/jwks`)).json()).toEqual(jwks);
    expect(await fetchUserinfo(standIn, tokens.access_token)).toMatchObject({
      status: 200,
      sub: id,
    });
    expect((await exchange(standIn, unspent)).status).toBe(200);
    const silent = await browser.authorize({ prompt: "none" });
    expect(
      decodeToken((await exchange(standIn, browser.readCallback(silent))).id_token).claims["sub"],
    ).toBe(id);
    const callback = waiting.readCallback(
      await waiting.submit(page, { identifier: username, password }),
    );
    expect((await exchange(standIn, callback)).status).toBe(200);
    expect((await standIn.manage("GET", `/users/${id}`)).status).toBe(200);
  });
});
