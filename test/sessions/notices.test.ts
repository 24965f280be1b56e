import { afterEach, describe, expect, it, vi } from "vitest";

import type { RouteContext } from "../../src/http/route.ts";
import { createNotices } from "../../src/sessions/notices.ts";
import { type Agent, type Person, useApplication } from "../support/application.ts";
import { takeCookies } from "../support/session-cookie.ts";

const application = useApplication();
const path = "/account/sessions";
const notice = "All other browsers are signed out.";

/** Sends a form whose reply has a notice for the page of sessions. */
async function send(agent: Agent, person: Person): Promise<void> {
  const form = agent.post(`${path}/revocation?account=${person.id}`).type("form");
  const answer = await form.send({ which: "others" });
  expect([answer.status, answer.headers["location"]]).toEqual([303, path]);
}

/** A browser that has just sent such a form. */
async function setUp() {
  const person = await application.createPerson();
  const agent = await application.signInAs(person);
  await send(agent, person);
  const shows = async (address = path) => (await agent.get(address)).text.includes(notice);
  return { person, agent, shows };
}

describe("a notice", () => {
  it("SE27 is on the page that its form leads to, once, and then forgotten", async () => {
    const { shows } = await setUp();
    expect(await shows()).toBe(true);
    expect(await shows()).toBe(false);
  });

  it("waits for that page while other tabs open others", async () => {
    const { shows } = await setUp();
    expect(await shows("/account")).toBe(false);
    expect(await shows(`${path}?any=query`)).toBe(true);
  });

  it("SE27 is not shown to other people, or in another browser of the same person", async () => {
    const { person, shows } = await setUp();
    for (const each of [person, await application.createPerson()]) {
      const other = await application.signInAs(each);
      expect((await other.get(path)).text).not.toContain(notice);
    }
    expect(await shows()).toBe(true);
  });

  it("ends with the session: the next person on that browser does not get it", async () => {
    const { agent } = await setUp();
    await agent.post("/sign-out");
    const { cookie } = await application.createSessionCookie(await application.createPerson());
    takeCookies(agent, cookie);
    expect((await agent.get(path)).text).not.toContain(notice);
  });

  it("cannot be had by an address", async () => {
    const agent = await application.signInAs(await application.createPerson());
    const answer = await agent.get(`${path}?notice=others_ended`);
    expect([answer.status, answer.text.includes(notice)]).toEqual([200, false]);
  });

  it("is not used up by HEAD, or by a page that a browser loads in advance or in the background", async () => {
    const { agent, shows } = await setUp();
    expect((await agent.head(path)).status).toBe(200);
    const early = await agent.get(path).set("Sec-Purpose", "prefetch;prerender");
    expect([early.status, early.text.includes(notice)]).toEqual([200, false]);
    const inBackground = await agent.get(path).set("Sec-Fetch-Dest", "empty");
    expect([inBackground.status, inBackground.text.includes(notice)]).toEqual([200, false]);
    expect(await shows()).toBe(true);
  });

  it("is not used up by a page that could not be shown", async () => {
    const { agent, shows } = await setUp();
    await application.query("alter table sessions rename column public_id to away");
    const answer = await agent.get(path);
    await application.query("alter table sessions rename column away to public_id");
    expect(answer.status).toBe(500);
    expect(await shows()).toBe(true);
  });

  it("of a second form replaces the first one's", async () => {
    const { person, agent, shows } = await setUp();
    await send(agent, person);
    expect([await shows(), await shows()]).toEqual([true, false]);
  });
});

describe("createNotices()", () => {
  afterEach(() => vi.useRealTimers());
  const session = { idHash: Buffer.alloc(32, 1) };

  /** Keeps a notice for a page. @returns reads it as a request for that path, of that session */
  function keep(text: string, location: string) {
    let kept: string | undefined;
    const notices = createNotices({
      read: () => kept,
      write: (_ctx: unknown, value: string) => (kept = value),
      expire: () => (kept = undefined),
    } as unknown as Parameters<typeof createNotices>[0]);
    const request = (asked: string) =>
      ({
        method: "GET",
        path: asked,
        get: () => "",
        response: { get: () => location },
      }) as unknown as RouteContext;
    notices.keep(request("/form"), text, session);
    return (asked: string, reader = session) => notices.read(request(asked), reader);
  }

  it("keeps it for the page's path, and for one session", () => {
    const read = keep("Done.", "/o/acme/members?after=1#top");
    expect(read("/o/acme/members")).toBe("Done.");
    expect(read("/o/acme")).toBeUndefined();
    expect(read("/o/acme/members", { idHash: Buffer.alloc(32, 2) })).toBeUndefined();
  });

  it("shows it for two minutes", () => {
    vi.useFakeTimers();
    const read = keep("Done.", "/");
    vi.advanceTimersByTime(120_000);
    expect(read("/")).toBe("Done.");
    vi.advanceTimersByTime(1);
    expect(read("/")).toBeUndefined();
  });

  it.each([
    ["for another site", "Done.", "https://logto.example/oidc/session/end"],
    ["that is longer than anyone reads", "x".repeat(1_000), "/"],
    ["for an address that is too long", "Done.", `/${"x".repeat(1_000)}`],
  ])("drops one %s", (_what, text, location) => {
    expect(keep(text, location)(location)).toBeUndefined();
  });
});
