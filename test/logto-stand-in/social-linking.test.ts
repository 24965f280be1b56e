import { afterEach, beforeAll, describe, expect, it } from "vitest";
import type { Page } from "../support/browser.ts";
import { exchange, fetchUserinfo, SignInBrowser } from "./browser.ts";
import { useFakeHuggingFace } from "./fake-hugging-face.ts";
import { differences } from "./hosted-pages.ts";
import { useReceiver } from "./receiver.ts";
import { decodeToken, type Members, readFixture } from "./recordings.ts";
import { useStandIn } from "./stand-in.ts";

type Recorded = {
  name: string;
  /** In entries about an address that a user has. */
  connectorScope?: string;
  socialSignIn: Members;
  relatedUserNamed: boolean;
  primaryEmail: string | null;
  /** In entries about later sign-ins. */
  measured?: {
    what: string;
    providerSays?: { email: string | null; email_verified: boolean; name: string };
    details: { id: string; rawData: Members };
    primaryEmail?: string | null;
    name: string;
    email_verified?: boolean;
    webhooks?: string[];
  }[];
};
const { entries }: { entries: Recorded[] } = readFixture("social-accounts");

const fake = useFakeHuggingFace();
const receiver = useReceiver();

const standIn = useStandIn(() => ({ huggingFace: fake.option }));
const direct = { direct_sign_in: "social:huggingface" };
let connectorPath = "";
beforeAll(async () => {
  const { items } = await standIn.list("/connectors");
  connectorPath = `/connectors/${items[0]?.id}`;
  const events = ["User.Created", "User.Data.Updated", "PostRegister", "PostSignIn"];
  await standIn.manage("POST", "/hooks", { events, config: { url: receiver.url } });
});
const setSocial = (socialSignIn: Members) =>
  standIn.manage("PATCH", "/sign-in-exp", { socialSignIn });
afterEach(async () => {
  await standIn.manage("PATCH", connectorPath, { syncProfile: false });
});

async function toldEvents(): Promise<string[]> {
  await standIn.webhooks.settled();
  const told = receiver.take();
  return told.map(({ event }) => String(event)).toSorted();
}

let count = 0;
/** Makes a user with a password, and a visitor from Hugging Face with the same address. */
async function createVictim(claims: Members = {}) {
  count += 1;
  const email = `victim${count}@hf.example`;
  const user = { username: `victim_${count}`, primaryEmail: email, password: "Pass-victim-2026!" };
  const { body } = await standIn.manage("POST", "/users", user);
  fake.visitor = { sub: `hf-link-${count}`, name: "Same Address", email, ...claims };
  return { ...user, id: body.id, email, sub: `hf-link-${count}` };
}

/** Ends a sign-in. @returns the claims of the user */
async function arrive(browser: SignInBrowser, page?: Page) {
  const end = page ?? (await browser.authorize(direct));
  const tokens = await exchange(standIn, browser.readCallback(end));
  const userinfo = await fetchUserinfo(standIn, tokens.access_token);
  return { ...decodeToken(tokens.id_token).claims, ...userinfo } as Members & { sub: string };
}

describe("an address at Hugging Face that an existing user has", () => {
  const recorded = entries.filter(({ connectorScope }) => connectorScope !== undefined);
  /** The server's answers are the same with and without; it is the page that links by itself. */
  const isLinkedAtOnce = ({ relatedUserNamed, socialSignIn }: Recorded) =>
    relatedUserNamed && socialSignIn["automaticAccountLinking"] === true;

  const begin = async ({ name, connectorScope = "", socialSignIn }: Recorded) => {
    await setSocial(socialSignIn);
    const victim = await createVictim({ email_verified: name.includes("address verified") });
    // Hugging Face tells an address only to a connector that asks for it.
    if (!connectorScope.includes("email")) fake.visitor = { sub: victim.sub, name: "No Address" };
    const browser = new SignInBrowser(standIn);
    return { victim, browser, page: await browser.authorize(direct) };
  };

  it.each(recorded.filter(isLinkedAtOnce))("is linked at once: $name", async (entry) => {
    const { victim, browser, page } = await begin(entry);
    expect((await arrive(browser, page)).sub).toBe(victim.id);
  });

  it.each(recorded.filter((entry) => !isLinkedAtOnce(entry)))(
    "stays unlinked: $name",
    async (entry) => {
      const { victim, browser, page } = await begin(entry);
      expect(page.url.includes("/social/link/")).toBe(entry.relatedUserNamed);
      const isAsked = page.status !== 0;
      const done = isAsked ? await browser.submit(page, { choice: "create" }) : page;
      const claims = await arrive(browser, done);
      expect(claims.sub).not.toBe(victim.id);
      expect(claims["email"]).toBe(entry.primaryEmail);
      const { body } = await standIn.manage("GET", `/users/${victim.id}`);
      expect(body).toMatchObject({ primaryEmail: victim.email, identities: {} });
    },
  );

  it("is linked by one press, without a password or a code", async () => {
    await setSocial({ skipRequiredIdentifiers: true });
    const victim = await createVictim({ email_verified: false });
    const browser = new SignInBrowser(standIn);
    const page = await browser.authorize(direct);
    const name = 'hosted page: "Link or create account"';
    const replaced = { "pg15****@hf.example": "vict****@hf.example" };
    const options = { endpoint: standIn.endpoint, replaced };
    expect(differences(page, name, "back from Hugging Face", options)).toEqual([]);
    const claims = await arrive(browser, await browser.submit(page));
    expect(claims).toMatchObject({ sub: victim.id, name: null, email: victim.email });
    expect(claims["identities"]).toMatchObject({ huggingface: { userId: victim.sub } });
  });

  it.each([
    [
      'hosted page: "Link or create account", creating a new account instead',
      "create a new account",
      { skipRequiredIdentifiers: true },
    ],
    [
      "hosted page, username sign-up without skipRequiredIdentifiers, linking off, existing user has the address",
      "Create new one instead",
      {},
    ],
  ])("%s", async (name, after, socialSignIn) => {
    await setSocial(socialSignIn);
    await createVictim();
    const browser = new SignInBrowser(standIn);
    const page = await browser.authorize(direct);
    const next = await browser.submit(page, { choice: "create" });
    expect(differences(next, name, after, { endpoint: standIn.endpoint })).toEqual([]);
  });
});

describe("later sign-ins with Hugging Face", () => {
  it.each(entries.filter(({ measured }) => measured))("$name", async ({ name, measured = [] }) => {
    await setSocial({ skipRequiredIdentifiers: true });
    await standIn.manage("PATCH", connectorPath, { syncProfile: name.includes("Profile true") });
    await toldEvents();
    for (const { what, providerSays, details, webhooks, ...expected } of measured) {
      const { email, ...says } = providerSays ?? { email: null, name: expected.name };
      const now = { sub: details.id, ...says, ...(email && { email }) };
      // Logto keeps the first answer of the account, not the present one.
      fake.visitor = what.includes("first") ? details.rawData : now;
      const claims = await arrive(new SignInBrowser(standIn));
      const { primaryEmail = claims["email"], email_verified = claims["email_verified"] } =
        expected;
      expect(claims, what).toMatchObject({
        name: expected.name,
        identities: { huggingface: { userId: details.id, details } },
        email: primaryEmail,
        email_verified,
      });
      const told = await toldEvents();
      expect(told, what).toEqual(webhooks?.toSorted() ?? told);
    }
  });
});
