import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Page } from "../support/browser.ts";
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

/** @returns the answer to the application at the end of a tab's sign-in: its state, and the person */
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

  it("answer the second request when the first tab finishes; the second tab's form does nothing", async () => {
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

  it("leave the first tab's form without effect when the second tab finishes", async () => {
    const { browser, first, second } = await openTwo();
    expect((await finish(browser, await browser.submit(second, tess))).state).toBe("tab-two");
    const stale = await browser.submit(first, tess);
    const { endpoint } = standIn;
    const pressed = "first tab: Sign in pressed afterwards";
    expect(differences(stale, secondWins, pressed, { endpoint })).toEqual([]);
    const reloaded = await browser.open(first.url);
    expect(differences(reloaded, secondWins, "first tab reloaded", { endpoint })).toEqual([]);
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
});
