import { afterEach, describe, expect, it } from "vitest";

import {
  isRecentlyAuthenticated,
  requireRecentAuthentication,
} from "../../src/auth/reauthentication.ts";
import { nameCookie } from "../../src/http/cookie.ts";
import type { Agent } from "../support/application.ts";
import { readCookies, takeCookies } from "../support/session-cookie.ts";
import { useSignIn } from "../support/sign-in.ts";

const now = () => Math.floor(Date.now() / 1000);
const reauthenticate = { reauthenticate: "yes", returnTo: "/account" };

describe("re-authentication", () => {
  const world = useSignIn();
  const { application, reachCallback, signIn, isSignedIn, readState } = world;
  afterEach(() => {
    world.issuer.idToken.claims = {};
    world.issuer.person = "olivia";
    world.issuer.clock = () => new Date();
  });

  const readCookie = (agent: Agent) =>
    readCookies(agent).values.get(nameCookie("session", application.baseUrl));

  /** Seconds since the person of the issuer's one living session authenticated; null if that is unknown. */
  async function readProof() {
    const rows = await application.query<{ age: number | null }>(
      `select extract(epoch from now() - s.authenticated_at)::float as age
         from sessions s join users u on u.id = s.user_id
        where s.revoked_at is null and u.issuer = $1`,
      [`${world.issuer.endpoint}/oidc`],
    );
    expect(rows).toHaveLength(1);
    return rows[0]?.age ?? null;
  }

  const readValues = () => application.query("select data from sessions where revoked_at is null");

  /** Olivia, signed in without re-authentication, in this browser alone. */
  async function arrive(): Promise<Agent> {
    await application.query("delete from sessions");
    const agent = application.visitor();
    await signIn(agent);
    return agent;
  }

  it("makes the identity provider ask for it, and tell when it was", async () => {
    const answer = await application.visitor().get("/sign-in").query(reauthenticate);
    const { searchParams } = new URL(answer.headers["location"] ?? "");
    expect([searchParams.get("prompt"), searchParams.get("max_age")]).toEqual(["login", "0"]);
    const ordinary = await application.visitor().get("/sign-in");
    expect(ordinary.headers["location"]).not.toContain("max_age");
    expect((await application.visitor().get("/sign-in?reauthenticate=no")).status).toBe(400);
  });

  it("SE26 gives the session a new id, ends the old one, keeps its values, and notes the time", async () => {
    const agent = await arrive();
    const before = readCookie(agent);
    expect(await readProof()).toBeNull();
    await application.query(`update sessions set data = '{"kept": 1}'`);
    world.issuer.idToken.claims = { auth_time: now() };
    expect(await signIn(agent, reauthenticate)).toBe("/account");
    expect(await readValues()).toEqual([{ data: { kept: 1 } }]);
    expect(readCookie(agent)).toMatch(/^[\w-]{43}$/);
    expect(readCookie(agent)).not.toBe(before);
    expect(await readProof()).toBeLessThan(10);
    expect(await isSignedIn(agent)).toBe(true);
    const old = await application.query(
      "select from sessions where revoke_reason = 'replaced' and authenticated_at is null",
    );
    expect(old).toHaveLength(1);
  });

  it.each([
    ["no time at all", () => ({})],
    ["the time of a sign-in an hour ago", () => ({ auth_time: now() - 3600 })],
    ["a time half a minute before it began", () => ({ auth_time: now() - 30 })],
    ["no time, spelled out", () => ({ auth_time: null })],
  ])("believes nothing where the ID token tells %s", async (_what, claims) => {
    const agent = await arrive();
    const callback = await reachCallback(agent, reauthenticate);
    const cookie = readCookie(agent);
    const before = await readState();
    world.issuer.idToken.claims = claims();
    const answer = await agent.get(callback);
    expect(answer.status).toBe(403);
    expect(answer.text).toContain("That did not confirm that it is you");
    expect(answer.text).toContain('href="/sign-in?returnTo=%2Faccount&amp;reauthenticate=yes"');
    expect(readCookie(agent)).toBe(cookie);
    expect(await readState()).toEqual(before);
    expect(await isSignedIn(agent)).toBe(true);
    expect((await agent.get(callback)).status).toBe(400);
  });

  it("counts from the moment it was started, however long the person took", async () => {
    for (const [minutes, status] of [
      [4, 303],
      [6, 403],
    ] as const) {
      const agent = await arrive();
      const callback = await reachCallback(agent, reauthenticate);
      await application.query(
        "update sign_in_transactions set created_at = now() - interval '5 minutes' where consumed_at is null",
      );
      world.issuer.idToken.claims = { auth_time: now() - minutes * 60 };
      expect((await agent.get(callback)).status, `${minutes} minutes`).toBe(status);
      world.issuer.idToken.claims = {};
    }
  });

  it.each([-240, 240])("SI19 accepts a provider's clock that is %i s off", async (seconds) => {
    const agent = await arrive();
    world.issuer.clock = () => new Date(Date.now() + seconds * 1000);
    world.issuer.idToken.claims = { auth_time: now() + seconds };
    expect(await signIn(agent, reauthenticate)).toBe("/account");
    expect(await readProof()).toBeLessThan(10);
  });

  it("refuses another person, and leaves everything as it was", async () => {
    const agent = await application.signInAs(await application.createPerson("Ada"));
    const callback = await reachCallback(agent, reauthenticate);
    world.issuer.idToken.claims = { auth_time: now() };
    const cookie = readCookie(agent);
    const before = await readState();
    const answer = await agent.get(callback).accept("json");
    expect([answer.status, answer.body.code]).toEqual([403, "auth.reauthentication_other_person"]);
    expect(answer.headers["set-cookie"]).toBeUndefined();
    expect(readCookie(agent)).toBe(cookie);
    expect(await readState()).toEqual(before);
    expect((await agent.get("/account")).text).toContain("Ada");
  });

  it("refuses when another tab has changed the account meanwhile", async () => {
    const agent = await arrive();
    const callback = await reachCallback(agent, reauthenticate);
    const { cookie } = await application.createSessionCookie(await application.createPerson("Ada"));
    takeCookies(agent, cookie);
    world.issuer.idToken.claims = { auth_time: now() };
    const answer = await agent.get(callback);
    expect(answer.status).toBe(403);
    expect(answer.text).toContain("You signed in as someone else");
    expect((await agent.get("/account")).text).toContain("Ada");
  });

  it("refuses another person whose session has ended meanwhile, and says so", async () => {
    const agent = await application.signInAs(await application.createPerson("Ada"));
    const callback = await reachCallback(agent, reauthenticate);
    await application.query("update sessions set revoked_at = now() where revoked_at is null");
    world.issuer.idToken.claims = { auth_time: now() };
    const before = await readState();
    const answer = await agent.get(callback);
    expect(answer.status).toBe(403);
    expect(answer.text).toContain("your own session has ended meanwhile");
    expect(answer.text).toContain('href="/sign-in?returnTo=%2Faccount&amp;reauthenticate=yes"');
    expect(await readState()).toEqual(before);
    expect(await isSignedIn(agent)).toBe(false);
    // The provider knows the other one by now, and would let them in without a question.
    const next = new URL((await agent.get("/sign-in")).headers["location"] ?? "");
    expect(next.searchParams.get("prompt")).toBe("login");
  });

  it("gives the same person a session although theirs has ended meanwhile", async () => {
    const agent = await arrive();
    const callback = await reachCallback(agent, reauthenticate);
    await application.query("update sessions set revoked_at = now()");
    world.issuer.idToken.claims = { auth_time: now() };
    expect((await agent.get(callback)).headers["location"]).toBe("/account");
    expect((await agent.get("/account")).text).toContain("Olivia");
    expect(await readProof()).toBeLessThan(10);
  });

  it("accepts any person who authenticates, where nobody was signed in when it began", async () => {
    await application.query("delete from sessions");
    const agent = application.visitor();
    const callbacks = [
      await reachCallback(agent, reauthenticate),
      await reachCallback(agent, reauthenticate),
    ];
    expect((await agent.get(callbacks[0] ?? "")).status).toBe(403);
    expect(await isSignedIn(agent)).toBe(false);
    world.issuer.idToken.claims = { auth_time: now() };
    expect((await agent.get(callbacks[1] ?? "")).status).toBe(303);
    expect(await readProof()).toBeLessThan(10);
  });

  it("differs from an ordinary sign-in, which stores a time only if it is told one", async () => {
    const agent = await arrive();
    expect(await readProof()).toBeNull();
    world.issuer.idToken.claims = { auth_time: now() - 7200 };
    await signIn(agent);
    const age = await readProof();
    expect(age).toBeGreaterThan(7195);
    expect(age).toBeLessThan(7260);
  });
});

describe("requireRecentAuthentication()", () => {
  const attempt = (authenticationAge: number | null) => () =>
    requireRecentAuthentication({ authenticationAge }, "/o/acme/settings");

  it.each([0, 599, 600])("accepts a proof of %s seconds ago", (age) => {
    expect(isRecentlyAuthenticated({ authenticationAge: age })).toBe(true);
    expect(attempt(age)).not.toThrow();
  });

  it.each([601, 86_400, null])(
    "refuses one of %s seconds ago, with a link to re-authenticate",
    (age) => {
      expect(isRecentlyAuthenticated({ authenticationAge: age })).toBe(false);
      expect(attempt(age)).toThrow(
        expect.objectContaining({
          status: 403,
          code: "auth.reauthentication_required",
          options: {
            action: {
              label: "Verify it's you",
              href: "/sign-in?returnTo=%2Fo%2Facme%2Fsettings&reauthenticate=yes",
            },
            waitsAt: "/o/acme/settings",
          },
        }),
      );
    },
  );
});
