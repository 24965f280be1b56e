import { beforeEach, describe, expect, it } from "vitest";

import { readCookies } from "../support/session-cookie.ts";
import { useSignIn } from "../support/sign-in.ts";

describe("GET /callback, when our own database fails", () => {
  const world = useSignIn();
  const { application, reachCallback, isSignedIn } = world;

  it("FA17 can be tried again after our own database failed in between", async () => {
    const agent = application.visitor();
    const callback = await reachCallback(agent);
    await application.query("alter table sessions rename to sessions_away");
    try {
      expect((await agent.get(callback)).status).toBe(500);
    } finally {
      await application.query("alter table sessions_away rename to sessions");
    }
    expect(await application.query("select from users where subject = 'sakj9v54p6jh'")).toEqual([]);
    expect(await world.signIn(agent)).toBe("/");
  });

  it("FA17 says that our database is away, and links to try again", async () => {
    const agent = application.visitor();
    const callback = await reachCallback(agent, { returnTo: "/account" });
    await application.query(
      "create function away() returns trigger language plpgsql as $$ begin raise sqlstate '57P03'; end $$",
    );
    await application.query(
      "create trigger away before insert on sessions execute function away()",
    );
    const answer = await agent.get(callback);
    await application.query("drop trigger away on sessions");
    expect(answer.status).toBe(503);
    expect(answer.headers["retry-after"]).toBe("5");
    expect(answer.text).toContain("could not sign you in");
    expect(answer.text).toContain('href="/sign-in?returnTo=%2Faccount"');
    expect(await isSignedIn(agent)).toBe(false);
  });

  it("SE25 writes no code, state, token or secret into the log", async () => {
    const agent = application.visitor();
    const callback = await reachCallback(agent);
    await agent.get(callback);
    const spent = await agent.get(`${callback}&error=x`);
    expect(spent.status).toBe(303);
    const parameters = new URLSearchParams(callback.split("?")[1]).values();
    const secrets = [...parameters, ...readCookies(agent).values.values()].filter(
      (value) => value.length > 30 && !value.startsWith("http"),
    );
    expect(secrets.length).toBeGreaterThanOrEqual(4);
    const log = application.logged();
    expect(log).toContain('"route":"/callback"');
    for (const secret of secrets) expect(log).not.toContain(secret);
  });
});

describe("when the identity provider is away", () => {
  const world = useSignIn({ requestTimeout: 400 });
  const { application, isSignedIn } = world;

  beforeEach(() => {
    world.issuer.faults = { discovery: "reset" };
  });

  it("FA11 /sign-in is a clear 503 page, and people who are signed in go on working", async () => {
    const agent = await application.signInAs(await application.createPerson());
    const answer = await agent.get("/sign-in?returnTo=/account");
    expect(answer.status).toBe(503);
    expect(answer.text).toContain('href="/sign-in?returnTo=%2Faccount"');
    expect(answer.headers["retry-after"]).toBe("10");
    expect(answer.text).toContain("Sign-in is not available right now");
    expect(await isSignedIn(agent)).toBe(true);
    const created = await agent.post("/organizations").type("form").send({ name: "Still Working" });
    expect(created.status).toBe(303);
  });

  it("FA11 we stay ready, and report the identity provider as down", async () => {
    await application.visitor().get("/sign-in");
    const ready = await application.visitor().get("/readyz");
    expect(ready.status).toBe(200);
    expect(ready.body).toEqual({ status: "ready", database: "up", identityProvider: "down" });
  });

  it("SI25 signing out still ends the session here", async () => {
    const agent = await application.signInAs(await application.createPerson());
    const answer = await agent.post("/sign-out");
    expect([answer.status, answer.headers["location"]]).toEqual([303, "/"]);
    expect(await isSignedIn(agent)).toBe(false);
  });

  it("SI16 works again once it is back", async () => {
    const agent = application.visitor();
    expect((await agent.get("/sign-in")).status).toBe(503);
    world.issuer.faults = {};
    await expect.poll(async () => (await agent.get("/sign-in")).status).toBe(303);
  });

  it("SI25 the next sign-in asks for the password, since the provider still knows the browser", async () => {
    const agent = await application.signInAs(await application.createPerson());
    const start = () => agent.get("/sign-in");
    // The provider's last answer still counts for a second.
    await expect.poll(async () => (await start()).status).toBe(503);
    await agent.post("/sign-out");
    world.issuer.faults = {};
    await expect.poll(async () => (await start()).status).toBe(303);
    expect((await start()).headers["location"]).toContain("prompt=login");
    await world.signIn(agent);
    expect((await start()).headers["location"]).not.toContain("prompt=login");
  });
});
