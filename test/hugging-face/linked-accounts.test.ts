import { randomBytes } from "node:crypto";

import { beforeAll, describe, expect, it } from "vitest";

import { useApplication } from "../support/application.ts";
import { Browser, type Page } from "../support/browser.ts";
import { useIdentityProvider } from "../support/identity-provider.ts";
import { answerHuggingFace } from "../support/answer-hugging-face.ts";

// If Logto's connector asks for the address, Logto stores the address of a Hugging Face account, verified or not. Then its page
// "Link with …" signs that person in to the account of another user with that address.

const provider = useIdentityProvider({ isProvisioned: true });
const application = useApplication({ identityProvider: (baseUrl) => provider.start(baseUrl) });
const at = (path: string) => application.baseUrl + path;

beforeAll(() => provider.askForAddress());

/** Grace, as a new account at Hugging Face. */
function createAccount(email: string, isVerified: boolean) {
  const grace = provider.world.findPerson("grace");
  if (!grace) throw new Error("There is no Grace.");
  const account = { sub: randomBytes(12).toString("hex"), email, email_verified: isVerified };
  Object.assign(grace, account);
  return grace;
}

const inventAddress = () => `ada-${randomBytes(4).toString("hex")}@acme.example`;

type UserAtLogto = { id: string; primaryEmail: string | null; identities: object };

/** A person with a password at Logto, who signed in here before. */
async function createVictim() {
  const name = `ada_${randomBytes(4).toString("hex")}`;
  const password = `open sesame ${name}`;
  const email = inventAddress();
  const { id: subject } = (await provider.manage("POST", "/users", {
    username: name,
    password,
    primaryEmail: email,
  })) as UserAtLogto;
  const victim = {
    subject,
    email,
    async signIn(browser = new Browser(), query = "returnTo=/account") {
      const page = await browser.open(at(`/sign-in?${query}`));
      return browser.submit(page, { identifier: name, password });
    },
    readAtLogto: async () => (await provider.manage("GET", `/users/${subject}`)) as UserAtLogto,
    async readProven() {
      const [user] = await application.query<{ proven: string | null }>(
        "select proven_email as proven from users where subject = $1",
        [subject],
      );
      return user?.proven ?? null;
    },
    /** Logto's webhooks have arrived, and all that follows from them is done. */
    async settle() {
      await provider.logto.webhooks.settled();
      await application.deliverMail();
    },
  };
  const browser = new Browser();
  expect((await victim.signIn(browser)).url).toBe(at("/account"));
  return { ...victim, browser };
}

/** Goes by the button to Logto's page "Link with …", and through it. */
async function link(browser: Browser, wish: { afterwards?: () => void } = {}): Promise<Page> {
  const people = await browser.open(at("/sign-in?with=huggingface&returnTo=/account"));
  const page = await answerHuggingFace(browser, people, "grace");
  expect(page.url).toContain("/social/link/");
  wish.afterwards?.();
  return browser.submit(page);
}

const isIn = async (browser: Browser) =>
  (await browser.open(at("/account"))).url === at("/account");
const refusal = "You were not signed in";

describe("a Hugging Face account that claims another user's address without a proof", () => {
  it("SI31 signs nobody in, is unlinked, and does not change the other user", async () => {
    const victim = await createVictim();
    createAccount(victim.email, false);
    const thief = new Browser();
    const page = await link(thief);
    expect([page.status, page.html.includes(refusal)]).toEqual([403, true]);
    expect(await victim.readProven()).toBeNull();
    expect([await isIn(thief), await isIn(victim.browser)]).toEqual([false, true]);
    await victim.settle();
    expect(await victim.readAtLogto()).toMatchObject({
      identities: {},
      primaryEmail: victim.email,
    });
    // The session of that browser at Logto does not help either.
    const form = await thief.open(at("/sign-in?returnTo=/account"));
    expect(form.url.startsWith(application.baseUrl)).toBe(false);
    expect(await victim.readProven()).toBe(victim.email);
  });

  it.each([false, true])(
    "signs nobody in after its address was changed, verified: %s",
    async (isVerified) => {
      const victim = await createVictim();
      const grace = createAccount(victim.email, false);
      const thief = new Browser();
      const afterwards = () =>
        Object.assign(grace, { email: inventAddress(), email_verified: isVerified });
      const page = await link(thief, { afterwards });
      expect([page.status, await isIn(thief)]).toEqual([403, false]);
      await victim.settle();
      expect(await victim.readProven()).toBe(victim.email);
    },
  );

  it("signs nobody in by a session at Logto after it was unlinked there", async () => {
    const victim = await createVictim();
    createAccount(victim.email, false);
    const thief = new Browser();
    await link(thief);
    await provider.manage("DELETE", `/users/${victim.subject}/identities/huggingface`);
    const page = await thief.open(at("/sign-in?returnTo=/account"));
    expect([page.status, page.html.includes("Please sign in again")]).toEqual([403, true]);
    expect(await isIn(thief)).toBe(false);
    // The one whose account it is cannot sign in either, until they prove who they are.
    const other = new Browser();
    expect((await victim.signIn(other)).html).toContain("Please sign in again");
    await application.query(
      "update users set sign_in_again_after = now() - interval '1 minute' where subject = $1",
      [victim.subject],
    );
    const page2 = await victim.signIn(new Browser(), "reauthenticate=yes&returnTo=/account");
    expect(page2.url).toBe(at("/account"));
    const page3 = await thief.open(at("/sign-in?returnTo=/account"));
    expect(page3.status).toBe(403);
  });

  it("signs the person in after Hugging Face verified the address", async () => {
    const victim = await createVictim();
    const grace = createAccount(victim.email, false);
    expect((await link(new Browser())).status).toBe(403);
    grace.email_verified = true;
    const browser = new Browser();
    const people = await browser.open(at("/sign-in?with=huggingface&returnTo=/account"));
    expect((await answerHuggingFace(browser, people, "grace")).url).toBe(at("/account"));
    expect(await victim.readProven()).toBe(victim.email);
    await victim.settle();
    expect((await victim.readAtLogto()).identities).not.toEqual({});
  });
});
