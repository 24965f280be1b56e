import { describe, expect, it } from "vitest";

import { nameCookie } from "../../src/http/cookie.ts";
import { applicationRole } from "../../src/database/database.ts";
import { readCookies } from "../support/session-cookie.ts";
import { useSignIn } from "../support/sign-in.ts";

describe("signing in again", () => {
  const { application, signIn, reachCallback, isSignedIn } = useSignIn();

  const readCookie = (agent: ReturnType<typeof application.visitor>) =>
    readCookies(agent).values.get(nameCookie("session", application.baseUrl));

  it("SE04 SE26 gives the session a new id each time, and ends the old one", async () => {
    const agent = application.visitor();
    await signIn(agent);
    const first = readCookie(agent);
    await signIn(agent);
    const second = readCookie(agent);
    expect(first).toMatch(/^[\w-]{43}$/);
    expect(second).not.toBe(first);
    const reasons = await application.query<{ reason: string | null }>(
      "select revoke_reason as reason from sessions order by created_at",
    );
    expect(reasons.map(({ reason }) => reason)).toEqual(["replaced", null]);
  });

  it("SE07 leaves the person signed in, as before, when the change itself fails", async () => {
    const agent = application.visitor();
    await signIn(agent);
    const before = readCookie(agent);
    const callback = await reachCallback(agent);
    await application.query(`revoke insert on sessions from ${applicationRole}`);
    try {
      expect((await agent.get(callback)).status).toBe(500);
    } finally {
      await application.query(`grant insert on sessions to ${applicationRole}`);
    }
    expect(readCookie(agent)).toBe(before);
    expect(await isSignedIn(agent)).toBe(true);
  });
});
