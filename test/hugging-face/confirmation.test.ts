import { randomBytes } from "node:crypto";

import { describe, expect, it } from "vitest";

import type { Rules } from "../../src/hugging-face/rules.ts";
import { useApplication } from "../support/application.ts";
import { Browser, type Page } from "../support/browser.ts";
import { connectHuggingFace } from "../support/hugging-face.ts";
import { useIdentityProvider } from "../support/identity-provider.ts";
import { answerHuggingFace } from "../support/answer-hugging-face.ts";
import { findPerson, orbital, signIn } from "./visitor.ts";

// Logto repeats what Hugging Face said when an account was linked: we ask what it says now.

const provider = useIdentityProvider();
const application = useApplication({ identityProvider: (baseUrl) => provider.start(baseUrl) });
const at = (path: string) => application.baseUrl + path;

const isAtHuggingFace = ({ url }: Page) => url.startsWith(provider.huggingFace.issuer);

/** An organization that is connected with Orbital Works. */
async function connect(rules: Partial<Rules> = {}) {
  const owner = await application.createPerson();
  const organization = await application.createOrganization(owner);
  await connectHuggingFace(application, organization, { subject: orbital, ...rules });
  return { ...organization, path: `/o/${organization.slug}` };
}

/** A person who works at Orbital Works, joined by that, and has a password at Logto. */
async function employ(handle = "mary", role: "write" | "read" = "write") {
  provider.world.setMembership(handle, "orbital-works", { roleInOrg: role });
  const organization = await connect();
  const browser = new Browser();
  const list = await signIn(application, browser, handle);
  await browser.submit(list, {}, `${organization.id}/hugging-face`);
  const person = await findPerson(application, handle);
  const username = `${handle}_${randomBytes(4).toString("hex")}`;
  const password = `open sesame ${username}`;
  await provider.manage("PATCH", `/users/${person.subject}`, { username });
  await provider.manage("PATCH", `/users/${person.subject}/password`, { password });
  return {
    organization,
    person,
    browser,
    /** Signs in with the password. A new browser then stops at the page of Hugging Face. */
    async signInByPassword(visitor = new Browser(), query = "returnTo=/organizations") {
      const page = await visitor.open(at(`/sign-in?${query}`));
      return visitor.submit(page, { identifier: username, password });
    },
    /** Whether the person can open the organization in that browser. */
    async enter(visitor: Browser) {
      return (await visitor.open(at(organization.path))).status === 200;
    },
    age: () =>
      application.query(
        "update identities set confirmed_at = now() - interval '25 hours' where user_id = $1",
        [person.id],
      ),
    async readHistory() {
      const [row] = await application.query<{ role: string; isSuspended: boolean }>(
        `select role, suspended_at is not null as "isSuspended" from memberships
          where organization_id = $1 and user_id = $2`,
        [organization.id, person.id],
      );
      return row;
    },
  };
}

const member = { role: "member", isSuspended: false };
const leave = (handle: string) => provider.world.setMembership(handle, "orbital-works", null);

describe("a sign-in by a member who came by Hugging Face", () => {
  it("asks Hugging Face also after a password, and follows its answer", async () => {
    const { signInByPassword, enter, readHistory } = await employ();
    provider.world.setMembership("mary", "orbital-works", { roleInOrg: "admin" });
    const promoted = new Browser();
    const people = await signInByPassword(promoted);
    const asked = new URL(people.url).searchParams;
    expect(asked.get("scope")).toBe("openid profile email read-memberships");
    expect(await answerHuggingFace(promoted, people, "mary")).toMatchObject({
      url: at("/organizations"),
    });
    expect(await readHistory()).toEqual({ ...member, role: "admin" });

    leave("mary");
    const out = new Browser();
    await answerHuggingFace(out, await signInByPassword(out), "mary");
    expect([await enter(out), await readHistory()]).toEqual([
      false,
      { role: "admin", isSuspended: true },
    ]);
  });

  it("gives the browser its session only after the answer", async () => {
    const { signInByPassword, organization, browser } = await employ();
    leave("mary");
    const evader = new Browser();
    const people = await signInByPassword(evader);
    expect(isAtHuggingFace(people)).toBe(true);
    const names = (await evader.cookies(at("/"))).map(({ key }) =>
      key.replace(/-\d+(\.sig)?$/, ""),
    );
    expect(names).not.toContain("session");
    const { url } = await evader.open(at(organization.path));
    expect(url.startsWith(application.baseUrl)).toBe(false);
    // The earlier session continues, as after every change at Hugging Face.
    expect((await browser.open(at(organization.path))).status).toBe(200);
    // Only the browser that started a sign-in can finish it.
    const stopped = new Browser({ stopAt: (each) => each.includes("/hugging-face/callback") });
    const back = await answerHuggingFace(stopped, people, "mary");
    expect((await new Browser().open(back.url)).status).toBe(400);
  });

  it("does not ask during a re-authentication, unless the last answer is a day old", async () => {
    const { browser, signInByPassword, age } = await employ();
    const query = "reauthenticate=yes&returnTo=/account";
    expect((await signInByPassword(browser, query)).url).toBe(at("/account"));
    // Without a session to go on from it is a sign-in like any other.
    expect(isAtHuggingFace(await signInByPassword(new Browser(), query))).toBe(true);
    await age();
    // Hugging Face still knows this browser, and asks nothing.
    provider.world.setMembership("mary", "orbital-works", { roleInOrg: "read" });
    expect((await signInByPassword(browser, query)).url).toBe(at("/account"));
    expect((await browser.open(at("/organizations"))).html).toContain("Viewer");
  });

  it.each<[string, (browser: Browser, people: Page) => Promise<Page>]>([
    [
      "declines",
      (browser, people) => answerHuggingFace(browser, people, "mary", { decision: "refuse" }),
    ],
    ["is someone else there", (browser, people) => answerHuggingFace(browser, people, "ada")],
    ["makes up an error", (browser, people) => browser.open(forge(people, "error=server_error"))],
    ["makes up an answer", (browser, people) => browser.open(forge(people, "iss=x"))],
    ["makes up a code", (browser, people) => browser.open(forge(people, "code=%7B%22x%22%3A1%7D"))],
  ])("proves nothing about a person who %s, and says so", async (_case, answer) => {
    const { signInByPassword, enter, readHistory } = await employ();
    const browser = new Browser();
    const page = await answer(browser, await signInByPassword(browser));
    expect(page.status).toBe(200);
    expect(page.html).toContain("Hugging Face are suspended until you sign in with it again");
    expect(page.html).toContain('href="/organizations"');
    expect([await enter(browser), await readHistory()]).toEqual([
      false,
      { ...member, isSuspended: true },
    ]);
    const good = new Browser();
    await answerHuggingFace(good, await signInByPassword(good), "mary");
    expect([await enter(good), await readHistory()]).toEqual([true, member]);
  });

  it("asks again without the address if the OAuth application lacks the scope", async () => {
    const { signInByPassword, enter, readHistory } = await employ();
    const browser = new Browser();
    const refused = forge(await signInByPassword(browser), "error=invalid_scope");
    const people = await browser.open(refused);
    expect(new URL(people.url).searchParams.get("scope")).toBe("openid profile read-memberships");
    const page = await browser.open(forge(people, "error=invalid_scope"));
    expect(page.html).toContain("Hugging Face did not confirm");
    expect([await enter(browser), await readHistory()]).toEqual([
      false,
      { ...member, isSuspended: true },
    ]);
  });

  it.each([
    ["signed out", "update sessions set revoked_at = now() where user_id = $1"],
    ["suspended", "update users set sessions_valid_after = now() where id = $1"],
  ])("gives no session to a person who was %s meanwhile", async (_what, end) => {
    const organization = await connect({ mode: "automatic" });
    await signIn(application, new Browser(), "ada");
    const { id } = await findPerson(application, "ada");
    provider.world.setMembership("ada", "orbital-works", { roleInOrg: "read" });
    const browser = new Browser({ stopAt: isAnswer });
    const people = await browser.open(at("/sign-in?with=huggingface&returnTo=/account"));
    const back = await answerHuggingFace(browser, people, "ada");
    await application.query(end, [id]);
    const answer = await openAnswer(browser, back.url);
    expect(answer.headers.get("location")).toBe("/sign-in?returnTo=%2Faccount");
    expect(answer.headers.get("set-cookie")).not.toContain("session");
    const members = "select from memberships where organization_id = $1 and user_id = $2";
    expect(await application.query(members, [organization.id, id])).toEqual([]);
    leave("ada");
  });

  it("leads several tabs at once to their pages, and one too many to the sign-in", async () => {
    const { signInByPassword } = await employ();
    const browser = new Browser();
    const oldest = await signInByPassword(browser);
    const pages = ["/account", "/account/sessions", "/organizations", "/account/deletion"];
    const tabs: Page[] = [];
    for (const page of pages) tabs.push(await browser.open(at(`/sign-in?returnTo=${page}`)));
    const lost = await answerHuggingFace(browser, oldest, "mary");
    expect([lost.status, lost.html.includes('href="/sign-in"')]).toEqual([400, true]);
    for (const [index, { url }] of tabs.entries()) {
      const opened = await browser.open(url);
      expect([opened.status, opened.url]).toEqual([200, at(pages[index] ?? "")]);
    }
    const left = (await browser.cookies(at("/"))).filter(({ key }) => key.includes("word"));
    expect(left).toEqual([]);
    const late = await browser.open(lost.url);
    expect([late.status, late.html.includes('href="/organizations"')]).toEqual([400, true]);
  });

  it("accepts an answer once, and leads a second use to the sign-in", async () => {
    const { signInByPassword, readHistory } = await employ();
    const browser = new Browser({ stopAt: isAnswer });
    const back = await answerHuggingFace(browser, await signInByPassword(browser), "mary");
    expect(isAnswer(back.url)).toBe(true);
    const forged = forge(back, "code=0123456789abcdef01234567");
    const spent = await openAnswer(browser, forged);
    expect(spent.status).toBe(400);
    expect(spent.headers.get("set-cookie")).toBeNull();
    expect(await spent.text()).toContain('href="/sign-in?returnTo=%2Forganizations"');
    expect(await readHistory()).toEqual(member);
  });
});

const isAnswer = (url: string) => url.includes("/hugging-face/callback?");

/** The callback of a round trip that is under way, with an answer that Hugging Face did not give. */
function forge({ url }: Page, answer: string): string {
  const state = new URL(url).searchParams.get("state") ?? "";
  return at(`/hugging-face/callback?${answer}&state=${state}`);
}

/** Opens the callback as the browser would, which was told to stop before it. */
async function openAnswer(browser: Browser, url: string): Promise<Response> {
  const cookies = await browser.cookies(url);
  const headers = {
    accept: "text/html",
    cookie: cookies.map((each) => each.cookieString()).join("; "),
  };
  return fetch(url, { headers, redirect: "manual" });
}

describe("a sign-in with Hugging Face", () => {
  it("makes a person a member of their new organization, of which Logto does not know", async () => {
    const organization = await connect({ mode: "automatic" });
    await signIn(application, new Browser(), "ada");
    const ada = await findPerson(application, "ada");
    const read = () =>
      application.query(
        "select role from memberships where organization_id = $1 and user_id = $2",
        [organization.id, ada.id],
      );
    expect(await read()).toEqual([]);
    provider.world.setMembership("ada", "orbital-works", { roleInOrg: "read" });
    await signIn(application, new Browser(), "ada");
    expect(await read()).toEqual([{ role: "viewer" }]);
  });

  it("follows whether an address is verified now, not at the linking", async () => {
    await provider.askForAddress();
    await signIn(application, new Browser(), "grace");
    const { id } = await findPerson(application, "grace");
    const grace = provider.world.findPerson("grace");
    const read = () =>
      application.query(
        `select u.email, u.proven_email as "ofUser", i.proven_email as "ofIdentity"
           from users u join identities i on i.user_id = u.id where u.id = $1`,
        [id],
      );
    const email = "grace@hf.example";
    expect(await read()).toEqual([{ email, ofUser: null, ofIdentity: null }]);
    Object.assign(grace ?? {}, { email_verified: true });
    await signIn(application, new Browser(), "grace");
    expect(await read()).toEqual([{ email, ofUser: email, ofIdentity: email }]);
  });

  it("leads a Join by a day-old answer through Hugging Face first", async () => {
    const { organization, browser, person, age } = await employ("valentina", "read");
    await application.query("delete from memberships where user_id = $1", [person.id]);
    await application.query("delete from audit_events where target_id = $1", [person.id]);
    await age();
    const join = async () => {
      const list = await browser.open(at("/organizations"));
      return browser.submit(list, {}, `${organization.id}/hugging-face`);
    };
    // Hugging Face still knows this browser, and asks nothing.
    const confirmed = await join();
    expect(confirmed.url).toBe(at("/organizations"));
    expect(confirmed.html).toContain("Hugging Face told us your organizations.");
    expect((await join()).url).toBe(at(organization.path));

    await application.query("delete from memberships where user_id = $1", [person.id]);
    await age();
    leave("valentina");
    const list = await join();
    expect(list.html).not.toContain(organization.name);
  });
});

describe("while Hugging Face is away", () => {
  it("continues a sign-in with the last answer, and logs a warning", async () => {
    const { signInByPassword, enter, readHistory, age, person } = await employ();
    const stopped = new Browser({ stopAt: isAnswer });
    const back = await answerHuggingFace(stopped, await signInByPassword(stopped), "mary");
    await provider.huggingFace.stop();
    const answer = await openAnswer(stopped, back.url);
    expect(answer.headers.get("location")).toBe("/organizations");
    expect(answer.headers.get("set-cookie")).toContain("session");

    const browser = new Browser();
    expect((await signInByPassword(browser)).url).toBe(at("/organizations"));
    expect([await enter(browser), await readHistory()]).toEqual([true, member]);
    const warnings = application.logged().match(/a sign-in goes on without Hugging Face/g);
    expect(warnings).toHaveLength(2);

    await application.query("delete from memberships where user_id = $1", [person.id]);
    await age();
    const list = await browser.open(at("/organizations"));
    const refused = await browser.submit(list, {}, "/hugging-face");
    expect(refused.html).toContain("Hugging Face does not answer");
  });
});
