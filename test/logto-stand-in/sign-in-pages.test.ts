import { describe, expect, it } from "vitest";
import { SignInBrowser, exchange, fetchUserinfo } from "./browser.ts";
import { decodeToken } from "./recordings.ts";
import { application, useStandIn } from "./stand-in.ts";

const standIn = useStandIn();
const password = "Pass-anna-2026!";
let number = 0;

/** Everybody in these tests is somebody new. */
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
  it("works by username and by e-mail address in any case", async () => {
    const { id, username, email } = await createPerson();
    for (const identifier of [username, email, email.toUpperCase()]) {
      const tokens = await exchange(
        standIn,
        await new SignInBrowser(standIn).signIn(identifier, password),
      );
      expect(decodeToken(tokens.id_token).claims["sub"]).toBe(id);
    }
    const { body } = await standIn.manage("GET", `/users/${id}`);
    expect(body["lastSignInAt"]).toBeGreaterThan(0);
    expect(body).toMatchObject({ applicationId: application.id });
  });

  it("keeps what was typed and says what is wrong", async () => {
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

  it("shows that it is a stand-in, and needs no JavaScript", async () => {
    const page = await new SignInBrowser(standIn).authorize();
    expect(page.html).toContain("development only");
    expect(page.html).not.toContain("<script");
    expect(page.html).toContain("Continue with Hugging Face");
  });

  it("a live session needs no page; prompt=login asks again, and admits somebody else", async () => {
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

const register = { first_screen: "register" };

describe("creating an account", () => {
  it.each([
    ["a username", "newbie_1", { username: "newbie_1", email: null }],
    [
      "an e-mail address",
      "new@pages.test",
      { username: null, email: "new@pages.test", email_verified: true },
    ],
  ])("with %s signs in at once", async (_what, identifier, expected) => {
    const browser = new SignInBrowser(standIn);
    const page = await browser.authorize(register);
    expect(page.html).toContain("Create your account");
    const fields = { identifier, name: "New Person", password: "Strong-pass-2026!" };
    const tokens = await exchange(
      standIn,
      browser.readCallback(await browser.submit(page, fields)),
    );
    expect(await fetchUserinfo(standIn, tokens.access_token)).toMatchObject({
      ...expected,
      name: "New Person",
    });
  });

  it.each([
    ["too short", { password: "1a2b3c" }, "too short"],
    ["a sequence", { password: "12345678" }, "plain sequence"],
    ["one character", { password: "aaaaaaaa" }, "single character"],
    ["a bad username", { identifier: "1 bad name" }, "letters, digits and underscores"],
    [
      "a bad e-mail address",
      { identifier: "nobody@nowhere" },
      "does not look like an e-mail address",
    ],
  ])("refuses %s, and keeps the rest", async (_what, change, message) => {
    const browser = new SignInBrowser(standIn);
    const fields = {
      identifier: "careful",
      name: "Care <Ful>",
      password: "Strong-pass-2026!",
      ...change,
    };
    const page = await browser.submit(await browser.authorize(register), fields);
    expect(page.status).toBe(422);
    expect(page.html).toContain(message);
    expect(page.html).toContain(`value="${fields.identifier}"`);
    expect(page.html).toContain("Care &lt;Ful");
    const users = await standIn.list("/users?search.name=Care%25");
    expect(users.items).toEqual([]);
  });

  it("refuses a username and an e-mail address that are taken", async () => {
    const { username, email } = await createPerson();
    for (const [identifier, message] of [
      [username, "This username is already in use."],
      [email.toUpperCase(), "This email is associated with an existing account."],
    ] as const) {
      const browser = new SignInBrowser(standIn);
      const page = await browser.submit(await browser.authorize(register), {
        identifier,
        password: "Strong-pass-2026!",
      });
      expect(page).toMatchObject({ status: 422, html: expect.stringContaining(message) });
    }
  });
});

describe("forms that come too late or from elsewhere", () => {
  it("a page left open too long explains itself", async () => {
    const { username } = await createPerson();
    const browser = new SignInBrowser(standIn);
    const page = await browser.authorize({ login_hint: username });
    await standIn.query(
      `update oidc_models set payload = payload || jsonb_build_object('exp', (payload->>'exp')::int - 3700)
       where model = 'Interaction' and payload->'params'->>'login_hint' = $1`,
      [username],
    );
    const late = await browser.submit(page, { identifier: username, password });
    expect(late.url).toBe(`${standIn.endpoint}/unknown-session`);
    expect(late.html).toContain("This sign-in page expired");
    expect(late.html).toContain("start again");
  });

  it("a page of a finished sign-in (another tab) explains itself, too", async () => {
    const { username } = await createPerson();
    const browser = new SignInBrowser(standIn);
    const page = await browser.authorize();
    await browser.submit(page, { identifier: username, password });
    const second = await browser.submit(page, { identifier: username, password });
    expect(second.html).toContain("This sign-in page expired");
  });

  it("a form without its token signs nobody in", async () => {
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
    expect((await new SignInBrowser(standIn).open(`${standIn.endpoint}/sign-in`)).html).toContain(
      "expired",
    );
  });
});

describe("a restart", () => {
  it("signs nobody out: sessions, tokens, keys and pages already open survive", async () => {
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
