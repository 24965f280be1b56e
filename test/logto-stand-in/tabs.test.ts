import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Page } from "../support/browser.ts";
import { findForms } from "../support/page-forms.ts";
import { exchange, SignInBrowser } from "./browser.ts";
import { useFakeHuggingFace } from "./fake-hugging-face.ts";
import { differences, pageOf } from "./hosted-pages.ts";
import { decodeToken } from "./recordings.ts";
import { useStandIn } from "./stand-in.ts";

const password = "Pass-tabs-2026!";
const fake = useFakeHuggingFace();

const standIn = useStandIn(() => ({ huggingFace: fake.option }));

beforeAll(async () => {
  for (const username of ["tess", "theo"]) {
    await standIn.manage("POST", "/users", { username, password });
  }
});
const set = (unknownSessionRedirectUrl: string | null) =>
  standIn.manage("PATCH", "/sign-in-exp", {
    unknownSessionRedirectUrl,
    socialSignIn: { skipRequiredIdentifiers: true },
  });
beforeEach(async () => {
  await set(null);
});

const tess = { identifier: "tess", password };
const theo = { identifier: "theo", password };

/** What the application gets at the end of a tab's sign-in: its state, and (exchanged) who it is. */
async function finish(browser: SignInBrowser, page: Page) {
  const callback = browser.readCallback(page);
  const tokens = await exchange(standIn, callback);
  const subject = decodeToken(tokens.id_token).claims["sub"];
  return { state: callback.url.searchParams.get("state"), subject };
}

async function openTwo() {
  const browser = new SignInBrowser(standIn);
  const first = await browser.authorize({ state: "tab-one" });
  const second = await browser.authorize({ state: "tab-two" });
  return { browser, first, second };
}

describe("two tabs of one browser, for one application", () => {
  const firstWins =
    "two authorize requests of one client in two tabs: the second takes the first's place; finishing in the tab opened FIRST lands on the second's request";
  const secondWins = "the same, finished in the tab opened second";

  it("finished in the first, it is the second's request that is answered; the second's form does nothing", async () => {
    const { browser, first, second } = await openTwo();
    const { endpoint } = standIn;
    expect(differences(first, firstWins, "first tab", { endpoint })).toEqual([]);
    expect(differences(second, firstWins, "second tab", { endpoint })).toEqual([]);
    const done = await browser.submit(first, tess);
    expect((await finish(browser, done)).state).toBe("tab-two");
    const stale = await browser.submit(second, tess);
    expect(stale.status).toBe(400);
    const pressed = "second tab: Sign in pressed afterwards";
    expect(differences(stale, firstWins, pressed, { endpoint })).toEqual([]);
    const reloaded = await browser.open(second.url);
    expect(differences(reloaded, firstWins, "second tab reloaded", { endpoint })).toEqual([]);
  });

  it("finished in the second, the first's form does nothing", async () => {
    const { browser, first, second } = await openTwo();
    expect((await finish(browser, await browser.submit(second, tess))).state).toBe("tab-two");
    const stale = await browser.submit(first, tess);
    const { endpoint } = standIn;
    const pressed = "first tab: Sign in pressed afterwards";
    expect(differences(stale, secondWins, pressed, { endpoint })).toEqual([]);
    const reloaded = await browser.open(first.url);
    expect(differences(reloaded, secondWins, "first tab reloaded", { endpoint })).toEqual([]);
  });

  it("sends a tab that returns from Hugging Face meanwhile back to the beginning", async () => {
    fake.visitor = { sub: "hf-tabs", name: "Tab" };
    const browser = new SignInBrowser(standIn);
    const first = await browser.authorize({ state: "tab-one" });
    const form = findForms(first).find(({ action }) => action.includes("/social/huggingface"));
    const answer = await browser.post(form?.action ?? "", Object.fromEntries(form?.fields ?? []));
    await browser.authorize({ state: "tab-two" });
    const page = await browser.open(answer.headers.get("location") ?? "");
    expect(page.html).toContain("The verification was not successful.");
    const done = await browser.submit(page, {}, "/social/huggingface");
    expect((await finish(browser, done)).state).toBe("tab-two");
  });
});

describe("a page without a sign-in", () => {
  const named = "hosted page without a session: unknownSessionRedirectUrl set";
  const unnamed = "hosted page without a session: unknownSessionRedirectUrl null";

  it.each([
    { name: unnamed, url: null },
    { name: named, url: "http://localhost:3000/" },
  ])("$name", async ({ name, url }) => {
    await set(url);
    for (const { after } of pageOf(name).seen) {
      const [, path = ""] = /GET (\S+)/.exec(after) ?? [];
      const page = await new SignInBrowser(standIn).open(standIn.endpoint + path);
      expect(differences(page, name, after, { endpoint: standIn.endpoint }), after).toEqual([]);
    }
  });

  it("leads back to the application from a tab that came too late, where an address is set", async () => {
    await set("http://localhost:3000/");
    const { browser, first, second } = await openTwo();
    await browser.submit(second, tess);
    expect((await browser.open(first.url)).url).toBe("http://localhost:3000/");
  });
});

describe("tabs of two applications", () => {
  const other = { id: "", redirectUri: "http://localhost:3000/other" };
  beforeAll(async () => {
    const { body } = await standIn.manage("POST", "/applications", {
      name: "Another",
      type: "Traditional",
      oidcClientMetadata: { redirectUris: [other.redirectUri], postLogoutRedirectUris: [] },
    });
    other.id = body.id;
  });

  it.each([
    ["the same person", tess],
    ["another person", theo],
  ])("do not disturb each other, with %s in the second", async (_name, credentials) => {
    const browser = new SignInBrowser(standIn);
    const first = await browser.authorize({ state: "tab-one" });
    const request = { client_id: other.id, redirect_uri: other.redirectUri, state: "tab-two" };
    const second = await browser.authorize(request);
    expect((await finish(browser, await browser.submit(first, tess))).state).toBe("tab-one");
    let page = await browser.submit(second, credentials);
    // For another person, the old session ends by a form, which a script submits in real browsers.
    if (page.status !== 0) page = await browser.submit(page);
    expect(browser.readCallback(page).url.href).toContain(`${other.redirectUri}?`);
  });

  it("the address says which one a page is about; without a name it is the latest", async () => {
    const browser = new SignInBrowser(standIn);
    const request = { client_id: other.id, redirect_uri: other.redirectUri, state: "tab-two" };
    await browser.authorize(request);
    await browser.authorize({ state: "tab-one" });
    const page = await browser.open(`${standIn.endpoint}/sign-in?app_id=${other.id}`);
    const latest = await browser.open(`${standIn.endpoint}/sign-in`);
    expect((await finish(browser, await browser.submit(latest, tess))).state).toBe("tab-one");
    const done = await browser.submit(page, tess);
    expect(browser.readCallback(done).url.searchParams.get("state")).toBe("tab-two");
  });
});

describe("a sign-in begun in another browser", () => {
  it("is neither shown nor finished in this one, also when this one has begun its own", async () => {
    const attacker = new SignInBrowser(standIn);
    const theirs = await attacker.authorize({ state: "theirs" });
    const stranger = new SignInBrowser(standIn);
    expect((await stranger.open(theirs.url)).html).toContain("Session not found.");
    const victim = new SignInBrowser(standIn);
    const own = await victim.authorize({ state: "own" });
    expect((await victim.submit(theirs, tess)).status).toBe(403);
    expect((await finish(victim, await victim.submit(own, tess))).state).toBe("own");
    expect((await finish(attacker, await attacker.submit(theirs, theo))).state).toBe("theirs");
  });
});
