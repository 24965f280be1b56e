import { describe, expect, it } from "vitest";

import { useSignIn } from "../support/sign-in.ts";
import { readDatabase, sendDeletion } from "./deletion-world.ts";

const world = useSignIn();
const { application } = world;

/** Signs in the whole way, and proves lately who it is. */
async function signInAnew() {
  const agent = application.visitor();
  await world.signIn(agent);
  const [user] = await application.query<{ id: string; name: string }>(
    "update sessions s set authenticated_at = now() from users u where u.id = s.user_id returning u.id, u.name",
  );
  if (!user) throw new Error("Nobody is signed in.");
  return { agent, person: user };
}

describe("PR02 signing in with an account that was deleted", () => {
  it("ends on a page that says so: no session, no new account, and nothing about them comes back", async () => {
    const { agent, person } = await signInAnew();
    const answer = await sendDeletion(agent, person);
    expect(answer.status).toBe(303);
    // Out of the identity provider, too: the next sign-in can be somebody else's.
    expect(answer.headers["location"]).toContain("/oidc/session/end");
    expect(await world.isSignedIn(agent)).toBe(false);

    const before = await world.readState();
    for (const browser of [agent, application.visitor()]) {
      const callback = await browser.get(await world.reachCallback(browser));
      expect(callback.status).toBe(403);
      expect(callback.text).toContain("This account was deleted");
      expect(callback.text).toContain('href="/sign-out"');
      expect(String(callback.headers["set-cookie"] ?? "")).not.toMatch(/session=[^;]/);
      expect(await world.isSignedIn(browser)).toBe(false);
    }
    expect(await world.readState()).toEqual(before);
    const users = await application.query("select from users");
    expect(users).toHaveLength(1);
  });

  it("lets the way out be used, and somebody else in", async () => {
    const agent = application.visitor();
    const refused = await agent.get(await world.reachCallback(agent));
    expect(refused.status).toBe(403);
    const out = await agent.post("/sign-out");
    expect(out.status).toBe(303);
    expect(out.headers["location"]).toContain("/oidc/session/end");
    const { person } = world.issuer;
    world.issuer.idToken.claims = { sub: "somebody-else" };
    world.issuer.userinfo = { sub: "somebody-else" };
    try {
      await world.signIn(agent);
      expect(await world.isSignedIn(agent)).toBe(true);
    } finally {
      world.issuer.idToken.claims = {};
      world.issuer.userinfo = {};
      world.issuer.person = person;
    }
  });

  it("does not end the session that the browser has of somebody else", async () => {
    const other = await application.createPerson();
    const agent = await application.signInAs(other);
    const before = await readDatabase(application);
    const callback = await agent.get(await world.reachCallback(agent));
    expect(callback.status).toBe(403);
    expect(await world.isSignedIn(agent)).toBe(true);
    const after = await readDatabase(application);
    for (const table of ["users", "identities", "sessions"])
      expect(after[table]).toEqual(before[table]);
  });
});
