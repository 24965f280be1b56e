import { describe, expect, it } from "vitest";

import { useSignIn } from "../support/sign-in.ts";

// Logto knows one sign-in of a browser at a time: any tab that signs in gets the callback of the tab started last,
// and Logto leads the others here when they are reloaded.
describe("GET /sign-in/resume", () => {
  const world = useSignIn();
  const { application, reachCallback, signIn } = world;

  const begin = (agent: ReturnType<typeof application.visitor>, returnTo: string) =>
    agent.get("/sign-in").query({ returnTo });

  it("leads each tab that lost its sign-in to a page that was asked for, the newest first", async () => {
    const agent = application.visitor();
    await begin(agent, "/account");
    await begin(agent, "/account/sessions");
    expect(await signIn(agent, { returnTo: "/organizations" })).toBe("/organizations");
    for (const page of ["/account/sessions", "/account", "/", "/"]) {
      const answer = await agent.get("/sign-in/resume");
      expect([answer.status, answer.headers["location"]]).toEqual([303, page]);
    }
  });

  it("leaves the sign-in of such a tab as it was: it may be finished after all", async () => {
    const agent = application.visitor();
    const callback = await reachCallback(agent, { returnTo: "/account" });
    await signIn(agent);
    expect((await agent.get("/sign-in/resume")).headers["location"]).toBe("/account");
    expect((await agent.get(callback)).headers["location"]).toBe("/account");
  });

  it("starts a sign-in where nobody is signed in, and leads to the same page", async () => {
    const agent = application.visitor();
    await begin(agent, "/account/sessions");
    const answer = await agent.get("/sign-in/resume");
    const parameters = await world.issuer.authorize(answer.headers["location"] ?? "");
    const back = await agent.get(`/callback?${parameters.toString()}`);
    expect(back.headers["location"]).toBe("/account/sessions");
  });

  it("starts a re-authentication again for the same person", async () => {
    const agent = application.visitor();
    await signIn(agent);
    await agent.get("/sign-in").query({ returnTo: "/account", reauthenticate: "yes" });
    await application.query("update sessions set revoked_at = now()");
    const answer = await agent.get("/sign-in/resume");
    const asked = new URL(answer.headers["location"] ?? "").searchParams;
    expect([asked.get("prompt"), asked.get("max_age")]).toEqual(["login", "0"]);
    const [, again] = await application.query(
      `select expected_user_id is not null as "isBound" from sign_in_transactions
        where is_reauthentication order by created_at`,
    );
    expect(again).toEqual({ isBound: true });
  });

  it("ignores other browsers and expired sign-ins", async () => {
    await begin(application.visitor(), "/account/sessions");
    const agent = application.visitor();
    await begin(agent, "/account");
    await application.query(
      "update sign_in_transactions set expires_at = now() - interval '1 second'",
    );
    await signIn(agent);
    expect((await agent.get("/sign-in/resume")).headers["location"]).toBe("/");
  });

  it("stops a browser that keeps no cookie of Logto from going round in circles", async () => {
    const agent = application.visitor();
    await begin(agent, "/account");
    const statuses: number[] = [];
    for (let round = 0; round < 5; round += 1) {
      statuses.push((await agent.get("/sign-in/resume")).status);
    }
    expect(statuses).toEqual([303, 303, 303, 303, 303]);
    const stopped = await agent.get("/sign-in/resume");
    expect(stopped.status).toBe(400);
    expect(stopped.text).toContain("does not recognize this browser");
    // Each round has started a sign-in, so it still leads there.
    expect(stopped.text).toContain('href="/sign-in?returnTo=%2Faccount"');
  });

  it("is no place to return to", async () => {
    const agent = application.visitor();
    expect(await signIn(agent, { returnTo: "/sign-in/resume" })).toBe("/");
  });
});
