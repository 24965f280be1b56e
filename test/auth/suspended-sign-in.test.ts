import { describe, expect, it } from "vitest";

import { useSignIn } from "../support/sign-in.ts";

const world = useSignIn();
const { application } = world;

/** A person who has signed in before, in another browser, and is signing in again. */
async function arriveAgain() {
  await world.signIn(application.visitor());
  const agent = application.visitor();
  return { agent, callback: await world.reachCallback(agent) };
}

const suspend = (when: string) =>
  application.query("update users set suspended_at = now() + $1::interval", [when]);
const readSuspensions = () => application.query("select suspended_at as at from users");

describe("a sign-in of a person who is stored as suspended", () => {
  it("SI28 ends an older suspension: Logto would not have signed them in", async () => {
    const { agent, callback } = await arriveAgain();
    await suspend("-1 hour");
    expect((await agent.get(callback)).status).toBe(303);
    expect(await world.isSignedIn(agent)).toBe(true);
    expect(await readSuspensions()).toEqual([{ at: null }]);
  });

  it("SI28 is refused if they were suspended after it began, and changes nothing", async () => {
    const { agent, callback } = await arriveAgain();
    // The code is older than the suspension.
    await suspend("0 seconds");
    const before = await world.readState();
    const answer = await agent.get(callback);
    expect(answer.status).toBe(403);
    expect(answer.text).toContain("This account is suspended");
    expect(answer.text).toContain('href="/sign-out"');
    expect(answer.headers["set-cookie"] ?? "").not.toMatch(/session-\d+=[^;]/);
    expect(await world.isSignedIn(agent)).toBe(false);
    expect(await world.readState()).toEqual(before);
    await application.query("update users set suspended_at = null");
  });

  it("SI28 makes an existing session invalid until they are reactivated", async () => {
    const agent = application.visitor();
    await world.signIn(agent);
    expect(await world.isSignedIn(agent)).toBe(true);
    await suspend("0 seconds");
    expect(await world.isSignedIn(agent)).toBe(false);
  });
});
