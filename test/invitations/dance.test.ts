import { describe, expect, it } from "vitest";

import { useApplication } from "../support/application.ts";
import { Browser, type Page } from "../support/browser.ts";
import { signUpAt } from "../support/hosted-pages.ts";
import { answerHuggingFace } from "../support/answer-hugging-face.ts";
import { useIdentityProvider } from "../support/identity-provider.ts";
import { assemble, inventEmail } from "./world.ts";

// Over HTTP, as a browser walks it: from the invitation to the identity provider, and back to where it began.
describe("opening an invitation without being signed in", () => {
  const provider = useIdentityProvider();
  const application = useApplication({ identityProvider: (baseUrl) => provider.start(baseUrl) });
  const at = (path: string) => application.baseUrl + path;
  const invitationAt = ({ token }: { token: string }) => at(`/invitations/${token}`);

  /** Presses one of the buttons that lead to the identity provider. */
  const signInBy = (browser: Browser, page: Page, way: string) =>
    browser.submit(page, { way }, "/sign-in");

  async function findUser(condition: string, value: string) {
    const users = await application.query<{ id: string; name: string; email: string | null }>(
      `select id, name, email from users u where ${condition}`,
      [value],
    );
    return { id: users[0]?.id ?? "", name: users[0]?.name ?? "", count: users.length };
  }

  /** A person who signed in here before, with an address that the identity provider calls verified. */
  async function createHolder(name: string, email: string) {
    const { username, password: secret } = provider.inventAccount(name);
    const account = { username, password: secret, name, primaryEmail: email };
    await provider.manage("POST", "/users", account);
    const browser = new Browser();
    const page = await browser.open(at("/sign-in?returnTo=/organizations"));
    await browser.submit(page, { identifier: username, password: secret });
    return { identifier: username, password: secret };
  }

  it("offers only Hugging Face for a name there, and stores the subject of the account", async () => {
    const world = await assemble(application);
    const invitation = await world.invite("@katherine");
    const browser = new Browser();
    const page = await browser.open(invitationAt(invitation));
    expect(page.html).toContain("Continue with Hugging Face");
    expect(page.html).not.toContain("Create an account");
    const people = await signInBy(browser, page, "huggingface");
    const back = await answerHuggingFace(browser, people, "katherine");
    const joined = await browser.submit(back, {}, "/acceptance");
    expect([joined.url, joined.status]).toEqual([at(world.path), 200]);
    const rows = await application.query(
      `select n.subject = i.subject as "isTheirs" from invitations n
         join identities i on i.user_id = n.accepter_id and i.provider = 'huggingface' where n.id = $1`,
      [invitation.id],
    );
    expect(rows).toEqual([{ isTheirs: true }]);
  });

  // Logto keeps one sign-in of an application for a browser: the one that was begun last.
  it("leads the last tab to its own invitation, and the other one back to this site", async () => {
    const account = await provider.createAccount("Two Invitations");
    const worlds = [await assemble(application), await assemble(application)];
    const browser = new Browser();
    const tabs: { page: Page; url: string }[] = [];
    for (const world of worlds) {
      const url = invitationAt(await world.link());
      tabs.push({ url, page: await signInBy(browser, await browser.open(url), "sign-in") });
    }
    const credentials = { identifier: account.username, password: account.password };
    const [first, last] = tabs;
    if (!first || !last) throw new Error("no tabs");
    const back = await browser.submit(last.page, credentials);
    expect([back.url, back.status]).toEqual([last.url, 200]);
    await browser.submit(back, {}, "/acceptance");
    const reloaded = await browser.open(first.page.url);
    expect(reloaded.url.startsWith(application.baseUrl)).toBe(true);
    await browser.submit(await browser.open(first.url), {}, "/acceptance");
    const user = await findUser("username = $1", account.username);
    for (const world of worlds) {
      expect(await world.readRole({ person: user })).toBe("member");
    }
  });

  it("leads from the wrong account to the right one through the sign-in form, although a session exists", async () => {
    const world = await assemble(application);
    const email = inventEmail("right");
    const invitation = await world.invite(email);
    const wrong = await provider.createAccount("Wrong Account");
    const browser = new Browser();
    const first = await signInBy(browser, await browser.open(invitationAt(invitation)), "sign-in");
    const { username: identifier, password: secret } = wrong;
    const page = await browser.submit(first, { identifier, password: secret });
    expect([page.url, page.status]).toEqual([invitationAt(invitation), 200]);
    expect(page.html).toContain(email);
    expect(page.html).toContain("Wrong Account");
    const form = await signInBy(browser, page, "other-account");
    expect(form.html).toContain('name="password"');
    // The right account was made in another browser meanwhile.
    const account = await createHolder("Right One", email);
    // The provider ends the session that it had by a form, which a script of its own submits elsewhere.
    const switched = await browser.submit(form, account);
    const back = await browser.submit(switched);
    expect([back.url, back.status]).toEqual([invitationAt(invitation), 200]);
    // The page of the account before is out of date, and does nothing.
    const stale = await browser.submit(page, {}, "/request");
    expect(stale.status).toBe(409);
    expect((await browser.submit(back, {}, "/acceptance")).url).toBe(at(world.path));
    const right = await findUser("email = $1", email);
    expect(await world.readRole({ person: right })).toBe("member");
    const other = await findUser("username = $1", wrong.username);
    expect(await world.readRole({ person: other })).toBeNull();
  });

  it("IN14 SI31 makes a separate user for an account whose provider does not vouch for the address", async () => {
    const world = await assemble(application);
    const email = "grace@hf.example";
    await createHolder("The Real Grace", email);
    const real = await findUser("name = $1", "The Real Grace");
    const readReal = () => application.query("select * from users where id = $1", [real.id]);
    const before = await readReal();
    const invitation = await world.invite(email);
    const browser = new Browser();
    const page = await browser.open(invitationAt(invitation));
    const people = await signInBy(browser, page, "huggingface");
    // Logto is not told the address, and so does not offer the account of the real one.
    const back = await answerHuggingFace(browser, people, "grace");
    expect(back.url).toBe(invitationAt(invitation));
    expect(back.html).not.toContain("/acceptance");
    const other = await findUser(
      "exists (select from identities i where i.user_id = u.id and i.handle = $1)",
      "grace",
    );
    expect(other.count).toBe(1);
    expect(other.id).not.toBe(real.id);
    expect(await readReal()).toEqual(before);
    for (const user of [real, other]) {
      expect(await world.readRole({ person: user })).toBeNull();
    }
    expect(await invitation.readStatus()).toBe("pending");
  });
});

describe("opening an invitation with an identity provider that mails codes", () => {
  const provider = useIdentityProvider({ hasMail: true });
  const application = useApplication({ identityProvider: (baseUrl) => provider.start(baseUrl) });
  const at = (path: string) => application.baseUrl + path;
  const invitationAt = ({ token }: { token: string }) => at(`/invitations/${token}`);
  const password = "Strong-pass-2026!";
  const findUsers = (email: string) =>
    application.query<{ id: string; name: string }>("select * from users where email = $1", [
      email,
    ]);

  /** Goes from the invitation to the page that makes an account. */
  async function beginToRegister(browser: Browser, invitation: { token: string }) {
    const page = await browser.open(invitationAt(invitation));
    return browser.submit(page, { way: "register" }, "/sign-in");
  }

  it("leads a person who signs up with the invited address, filled in for them, to the invitation", async () => {
    const world = await assemble(application);
    const organizations = await application.query("select id from organizations");
    const email = inventEmail("new");
    const invitation = await world.invite(email);
    const browser = new Browser();
    const page = await browser.open(invitationAt(invitation));
    expect(page.html).toContain(`Join ${world.organization.name}`);
    expect(page.html).toContain(email);
    const form = await beginToRegister(browser, invitation);
    expect(form.html).toContain("Create your account");
    expect(form.html).toContain(`value="${email}"`);
    // Their own form's address says nothing of where it leads back to.
    expect(form.url).not.toContain(invitation.token);
    const credentials = { identifier: email, password };
    const back = await signUpAt(browser, form, credentials, provider.readCode);
    expect([back.url, back.status]).toEqual([invitationAt(invitation), 200]);
    expect(await invitation.readStatus()).toBe("pending");
    const joined = await browser.submit(back, {}, "/acceptance");
    expect([joined.url, joined.status]).toEqual([at(world.path), 200]);
    const [user = { id: "", name: "" }] = await findUsers(email);
    expect(await world.readRole({ person: user })).toBe("member");
    // Nobody made one on the way.
    expect(await application.query("select id from organizations")).toEqual(organizations);
    expect(
      await application.query("select from memberships where user_id = $1", [user.id]),
    ).toHaveLength(1);
  });

  it("IN14 does not change an existing account when another person signs up with its address", async () => {
    const world = await assemble(application);
    const email = inventEmail("victim");
    const victim = new Browser();
    const register = await victim.open(at("/sign-in?screen=register&returnTo=/organizations"));
    await signUpAt(victim, register, { identifier: email, password }, provider.readCode);
    const before = await findUsers(email);
    expect(before).toHaveLength(1);
    const invitation = await world.invite(email, { role: "admin" });
    const browser = new Browser();
    const asked = await browser.submit(await beginToRegister(browser, invitation));
    const refused = await browser.submit(asked, { code: "a guess" });
    expect(refused.status).toBe(400);
    expect((await browser.open(invitationAt(invitation))).html).toContain("Create an account");
    expect(await findUsers(email)).toEqual(before);
    expect(await invitation.readStatus()).toBe("pending");
  });
});
