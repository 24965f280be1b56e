import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Page } from "../support/browser.ts";
import { findForms } from "../support/page-forms.ts";
import { exchange, SignInBrowser } from "./browser.ts";
import { type FakeHuggingFace, startFakeHuggingFace } from "./fake-hugging-face.ts";
import { decodeToken } from "./recordings.ts";
import { useStandIn } from "./stand-in.ts";

const password = "Pass-tabs-2026!";
let fake: FakeHuggingFace;
beforeAll(async () => {
  fake = await startFakeHuggingFace();
  fake.visitor = { sub: "hf-tabs", name: "Tab" };
});
afterAll(() => fake.stop());

const standIn = useStandIn(() => ({
  huggingFace: { issuer: fake.issuer, clientId: "hf-client", clientSecret: "hf-secret" },
}));

beforeAll(async () => {
  for (const username of ["tess", "theo"]) {
    await standIn.manage("POST", "/users", { username, password });
  }
});

const tess = { identifier: "tess", password };
const theo = { identifier: "theo", password };

/** What the application gets at the end of a tab's sign-in: its state, and (exchanged) who it is. */
async function finish(
  browser: SignInBrowser,
  page: Page,
): Promise<{ state: unknown; subject: unknown }> {
  const callback = browser.readCallback(page);
  const tokens = await exchange(standIn, callback);
  const subject = decodeToken(tokens.id_token).claims["sub"];
  return { state: callback.url.searchParams.get("state"), subject };
}

/** Opens a page at the fake Hugging Face, stays there, and comes back when told. */
async function leaveForHuggingFace(
  browser: SignInBrowser,
  page: Page,
): Promise<() => Promise<Page>> {
  const known = fake.seen.length;
  const form = findForms(page).find(({ action }) => action.includes("/social/huggingface"));
  const answer = await browser.post(form?.action ?? "", Object.fromEntries(form?.fields ?? []));
  expect(fake.seen).toHaveLength(known);
  return () => browser.open(answer.headers.get("location") ?? "");
}

type Way = (browser: SignInBrowser, page: Page, number: number) => Promise<Page>;
const ways: Record<string, { way: Way; parameters?: Record<string, string> }> = {
  password: { way: (browser, page) => browser.submit(page, tess) },
  "an account just created": {
    way: (browser, page, number) =>
      browser.submit(page, {
        identifier: `tab_${number}`,
        password: "Strong-pass-2026!",
        name: "",
      }),
    parameters: { first_screen: "register" },
  },
  "Hugging Face": { way: (browser, page) => browser.submit(page, {}, "/social/huggingface") },
};
let number = 0;

describe.each(Object.entries(ways))(
  "two tabs of one browser, with %s",
  (_name, { way, parameters }) => {
    it.each([
      ["A, then B", ["a", "b"]],
      ["B, then A", ["b", "a"]],
    ] as const)("finish %s: each arrives with its own state", async (_order, order) => {
      const browser = new SignInBrowser(standIn);
      const pages = {
        a: await browser.authorize({ state: "state-a", ...parameters }),
        b: await browser.authorize({ state: "state-b", ...parameters }),
      };
      const [first, second] = order;
      number += 1;
      const arrived = await finish(browser, await way(browser, pages[first], number));
      expect(arrived.state).toBe(`state-${first}`);
      // A second new account while the first is signed in: the provider ends the first session with a form between.
      number += 1;
      let page = await way(browser, pages[second], number);
      if (page.html.includes("Continue</button>")) page = await browser.submit(page);
      expect((await finish(browser, page)).state).toBe(`state-${second}`);
    });
  },
);

describe("a tab's own sign-in", () => {
  it.each([
    ["A, then B", ["a", "b"]],
    ["B, then A", ["b", "a"]],
  ] as const)("comes back from Hugging Face, when both wait there: %s", async (_name, order) => {
    const browser = new SignInBrowser(standIn);
    const back = {
      a: await leaveForHuggingFace(browser, await browser.authorize({ state: "state-a" })),
      b: await leaveForHuggingFace(browser, await browser.authorize({ state: "state-b" })),
    };
    for (const tab of order) {
      expect((await finish(browser, await back[tab]())).state).toBe(`state-${tab}`);
    }
  });

  it("goes straight to Hugging Face and back while another tab has begun its own", async () => {
    const browser = new SignInBrowser(standIn);
    const back = await leaveForHuggingFace(browser, await browser.authorize({ state: "state-a" }));
    const direct = { state: "state-b", direct_sign_in: "social:huggingface" };
    expect((await finish(browser, await browser.authorize(direct))).state).toBe("state-b");
    expect((await finish(browser, await back())).state).toBe("state-a");
  });

  it("survives a reload, a wrong password and the change to the other form", async () => {
    const browser = new SignInBrowser(standIn);
    const a = await browser.authorize({ state: "state-a" });
    const b = await browser.authorize({ state: "state-b" });
    const wrong = await browser.submit(await browser.open(a.url), { ...tess, password: "wrong" });
    expect(wrong.status).toBe(422);
    const [, link = ""] = /href="(\/register[^"]*)"/.exec(wrong.html) ?? [];
    const register = await browser.open(new URL(link.replaceAll("&amp;", "&"), a.url).href);
    expect(register.html).toContain("Create your account");
    const fields = { identifier: "reloader", password: "Strong-pass-2026!" };
    expect((await finish(browser, await browser.submit(register, fields))).state).toBe("state-a");
    const between = await browser.submit(await browser.open(b.url), tess);
    expect((await finish(browser, await browser.submit(between))).state).toBe("state-b");
  });

  it("keeps its tab when Hugging Face refuses", async () => {
    const browser = new SignInBrowser(standIn);
    const back = await leaveForHuggingFace(browser, await browser.authorize({ state: "state-a" }));
    await browser.authorize({ state: "state-b" });
    const { visitor } = fake;
    fake.visitor = { denies: true };
    const page = await back().finally(() => (fake.visitor = visitor));
    expect(page.html).toContain("access was denied there");
    expect((await finish(browser, await browser.submit(page, tess))).state).toBe("state-a");
  });

  it("is the latest one when the address names none", async () => {
    const browser = new SignInBrowser(standIn);
    await browser.authorize({ state: "state-a" });
    await browser.authorize({ state: "state-b" });
    const page = await browser.open(`${standIn.endpoint}/sign-in`);
    expect((await finish(browser, await browser.submit(page, tess))).state).toBe("state-b");
  });

  it("survives that another tab changed the account meanwhile", async () => {
    const browser = new SignInBrowser(standIn);
    const before = await finish(
      browser,
      await browser.submit(await browser.authorize({ state: "first" }), tess),
    );
    const a = await browser.authorize({ state: "state-a", prompt: "login" });
    const b = await browser.authorize({ state: "state-b", prompt: "login" });
    const between = await browser.submit(a, theo);
    const other = await finish(browser, await browser.submit(between));
    expect(other.state).toBe("state-a");
    expect(other.subject).not.toBe(before.subject);
    const again = await finish(browser, await browser.submit(b, theo));
    expect(again).toEqual({ state: "state-b", subject: other.subject });
  });

  it("survives many that were begun and left alone, the oldest of which are given up", async () => {
    const browser = new SignInBrowser(standIn);
    const pages: Page[] = [];
    for (let index = 0; index < 22; index += 1) {
      pages.push(await browser.authorize({ state: `state-${index}` }));
    }
    const [oldest, , kept] = pages;
    if (!oldest || !kept) throw new Error("no pages");
    expect((await browser.submit(oldest, tess)).html).toContain("This sign-in page expired");
    expect((await finish(browser, await browser.submit(kept, tess))).state).toBe("state-2");
  });
});

describe("a sign-in begun in another browser", () => {
  it("is neither shown nor finished in this one, whatever this one has begun itself", async () => {
    const attacker = new SignInBrowser(standIn);
    const theirs = await attacker.authorize({ state: "theirs" });
    const victim = new SignInBrowser(standIn);
    const own = await victim.authorize({ state: "own" });
    for (const page of [
      await victim.open(theirs.url),
      await victim.open(theirs.url.replace("/sign-in", "/register")),
      await victim.submit(theirs, tess),
      await victim.submit(theirs, {}, "/social/huggingface"),
    ]) {
      expect(page.html).toContain("This sign-in page expired");
    }
    // Nothing came of it over there either, and the victim's own is as it was.
    const { status, html } = await attacker.open(theirs.url);
    expect([status, html.includes("Sign in to your account")]).toEqual([200, true]);
    expect((await finish(victim, await victim.submit(own, tess))).state).toBe("own");
  });

  it("does not lend its form token to a page of this one", async () => {
    const [attacker, victim] = [new SignInBrowser(standIn), new SignInBrowser(standIn)];
    const { html } = await attacker.authorize();
    const [, token = ""] = /name="form_token" value="([^"]*)"/.exec(html) ?? [];
    const { url } = await victim.authorize();
    expect(token).not.toBe("");
    expect((await victim.post(url, { ...tess, form_token: token })).status).toBe(403);
  });

  it("is not opened by a cookie made up for it", async () => {
    const { url } = await new SignInBrowser(standIn).authorize();
    const uid = new URL(url).searchParams.get("interaction") ?? "";
    expect(uid).not.toBe("");
    for (const value of ["", uid, "A".repeat(43)]) {
      const headers = { cookie: `_logto_tab_${uid}=${value}`, accept: "text/html" };
      const answer = await fetch(url, { headers, redirect: "manual" });
      expect(answer.headers.get("location")).toBe(`${standIn.endpoint}/unknown-session`);
    }
  });
});
