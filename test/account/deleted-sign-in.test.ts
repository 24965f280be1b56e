import { beforeAll, describe, expect, it } from "vitest";

import type { Agent } from "../support/application.ts";
import { useSignIn } from "../support/sign-in.ts";
import { sendDeletion } from "./deletion-world.ts";

const world = useSignIn();
const { application } = world;

/** The browser of a person who signed in at the provider, and has deleted their account since. */
let agent: Agent;
let answer: Awaited<ReturnType<typeof sendDeletion>>;

beforeAll(async () => {
  agent = application.visitor();
  await world.signIn(agent);
  const [person] = await application.query<{ id: string; name: string }>(
    "update sessions s set authenticated_at = now() from users u where u.id = s.user_id returning u.id, u.name",
  );
  if (!person) throw new Error("Nobody is signed in.");
  answer = await sendDeletion(agent, person);
});

describe("PR02 signing in with an account that was deleted", () => {
  it("starts signed out, also at the identity provider: the next sign-in can be another person's", async () => {
    expect(answer.status).toBe(303);
    expect(answer.headers["location"]).toContain("/oidc/session/end");
    expect(await world.isSignedIn(agent)).toBe(false);
  });

  it("ends on a page that says so: no session, no new account, and no restored data", async () => {
    const before = await world.readState();
    for (const browser of [agent, application.visitor()]) {
      const callback = await browser.get(await world.reachCallback(browser));
      expect(callback.status).toBe(403);
      expect(callback.text).toContain("This account was deleted");
      expect(callback.text).toContain('href="/sign-out"');
      expect(callback.headers["set-cookie"] ?? "").not.toMatch(/session-\d+=[^;]/);
      expect(await world.isSignedIn(browser)).toBe(false);
    }
    expect(await world.readState()).toEqual(before);
  });

  it("offers to sign out, and then another person can sign in", async () => {
    const browser = application.visitor();
    const refused = await browser.get(await world.reachCallback(browser));
    expect(refused.status).toBe(403);
    const out = await browser.post("/sign-out");
    expect(out.status).toBe(303);
    expect(out.headers["location"]).toContain("/oidc/session/end");
    world.issuer.idToken.claims = { sub: "another-person" };
    world.issuer.userinfo = { sub: "another-person" };
    try {
      await world.signIn(browser);
      expect(await world.isSignedIn(browser)).toBe(true);
    } finally {
      world.issuer.idToken.claims = {};
      world.issuer.userinfo = {};
    }
  });

  it("does not end the session of another person in that browser", async () => {
    const other = await application.createPerson();
    const browser = await application.signInAs(other);
    const before = await world.readState();
    const callback = await browser.get(await world.reachCallback(browser));
    expect(callback.status).toBe(403);
    expect(await world.readState()).toEqual(before);
    expect(await world.isSignedIn(browser)).toBe(true);
  });
});
