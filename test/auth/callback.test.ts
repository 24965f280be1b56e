import { describe, expect, it } from "vitest";

import { readCookies } from "../support/session-cookie.ts";
import { useSignIn } from "../support/sign-in.ts";

describe("GET /callback", () => {
  const { application, reachCallback, signIn, isSignedIn, readState } = useSignIn();

  it("signs in, mirrors the person, and rotates the session's id", async () => {
    const agent = application.visitor();
    expect(await isSignedIn(agent)).toBe(false);
    expect(await signIn(agent)).toBe("/");
    const account = await agent.get("/account");
    expect(account.text).toContain("olivia@acme.test");
    expect(account.text).toContain("Verified");
  });

  it("SI01 finishes two sign-ins that two tabs started, in either order", async () => {
    for (const order of [
      ["/one", "/two"],
      ["/two", "/one"],
    ]) {
      const agent = application.visitor();
      const callbacks = new Map<string, string>();
      for (const returnTo of ["/one", "/two"]) {
        callbacks.set(returnTo, await reachCallback(agent, { returnTo }));
      }
      for (const returnTo of order) {
        const answer = await agent.get(callbacks.get(returnTo) ?? "");
        expect([answer.status, answer.headers["location"]]).toEqual([303, returnTo]);
        expect(await isSignedIn(agent)).toBe(true);
      }
    }
  });

  it("SI02 leads to the same page when it is opened again", async () => {
    const agent = application.visitor();
    const callback = await reachCallback(agent, { returnTo: "/account" });
    await agent.get(callback);
    const again = await agent.get(callback);
    expect([again.status, again.headers["location"]]).toEqual([303, "/account"]);
    expect(again.headers["set-cookie"]).toBeUndefined();
    expect(await isSignedIn(agent)).toBe(true);
  });

  it("SI02 is a 400 page when it is opened again after signing out", async () => {
    const agent = application.visitor();
    const callback = await reachCallback(agent);
    await agent.get(callback);
    await agent.post("/sign-out");
    const again = await agent.get(callback);
    expect(again.status).toBe(400);
    expect(again.text).toContain("Start again");
    expect(await isSignedIn(agent)).toBe(false);
  });

  it("SI32 does nothing for HEAD: the code is still good", async () => {
    const agent = application.visitor();
    const callback = await reachCallback(agent);
    expect((await agent.head(callback)).status).toBe(405);
    expect((await agent.get(callback).set("Sec-Purpose", "prefetch")).status).toBe(405);
    expect((await agent.get(callback)).status).toBe(303);
  });

  it("SI23 ends the session of another person who was signed in, and keeps nothing of it", async () => {
    const before = await application.createPerson("Someone Else");
    const agent = await application.signInAs(before);
    await agent.get("/account");
    await signIn(agent);
    const account = await agent.get("/account");
    expect(account.text).toContain("Olivia");
    expect(account.text).not.toContain("Someone Else");
    const rows = await application.query<{ revoke_reason: string }>(
      "select revoke_reason from sessions where user_id = $1",
      [before.id],
    );
    expect(rows).toEqual([{ revoke_reason: "replaced" }]);
  });

  it("SE04 refuses the replayed cookie of the session before", async () => {
    const agent = application.visitor();
    await signIn(agent);
    const cookie = readCookies(agent).header;
    await signIn(agent);
    const replayed = await application.visitor().get("/account").set("Cookie", cookie);
    expect(replayed.status).toBe(303);
    expect(await isSignedIn(agent)).toBe(true);
  });

  it.each([
    ["state is missing", (query: URLSearchParams) => query.delete("state")],
    ["state is altered", (query: URLSearchParams) => query.set("state", "x".repeat(43))],
    ["state is empty", (query: URLSearchParams) => query.set("state", "")],
  ])("SI04 is 400 when %s, and the present session stays", async (_what, alter) => {
    const agent = await application.signInAs(await application.createPerson());
    const url = new URL(await reachCallback(agent), application.baseUrl);
    alter(url.searchParams);
    const before = await readState();
    const answer = await agent.get(`/callback?${url.searchParams.toString()}`);
    expect(answer.status).toBe(400);
    expect(answer.text).toContain("Start again");
    expect(answer.headers["set-cookie"]).toBeUndefined();
    expect(await readState()).toEqual(before);
    expect(await isSignedIn(agent)).toBe(true);
  });

  it("SI04 is 400 in another browser than the one that started", async () => {
    const callback = await reachCallback(application.visitor());
    const other = application.visitor();
    await reachCallback(other);
    const answer = await other.get(callback);
    expect(answer.status).toBe(400);
    expect(await isSignedIn(other)).toBe(false);
  });

  it("SI05 is 400 without the browser's cookie, with a link to start again, and spends nothing", async () => {
    const agent = application.visitor();
    const callback = await reachCallback(agent, { returnTo: "/o/acme" });
    const answer = await application.visitor().get(callback);
    expect(answer.status).toBe(400);
    expect(answer.text).toContain('href="/o/acme"');
    expect(answer.text).toContain("Start again");
    expect((await agent.get(callback)).headers["location"]).toBe("/o/acme");
  });

  it("SI07 shows a fixed text for an error with a foreign state, and keeps the sign-in", async () => {
    const agent = application.visitor();
    const callback = await reachCallback(agent);
    const answer = await agent.get(
      "/callback?error=access_denied&error_description=%3Cb%3EEVIL&state=foreign",
    );
    expect(answer.status).toBe(400);
    expect(answer.text).not.toContain("EVIL");
    expect((await agent.get(callback)).status).toBe(303);
  });

  it("SI08 explains a refusal, in our own words, and the sign-in is spent", async () => {
    const agent = application.visitor();
    const callback = await reachCallback(agent, { returnTo: "/account" });
    const url = new URL(callback, application.baseUrl);
    const { searchParams } = url;
    searchParams.set("error", "access_denied");
    searchParams.set("error_description", "EVIL");
    const answer = await agent.get(url.pathname + url.search);
    expect(answer.status).toBe(400);
    expect(answer.text).toContain("You were not signed in");
    expect(answer.text).not.toContain("EVIL");
    expect(answer.text).toContain('href="/sign-in?returnTo=%2Faccount"');
    searchParams.delete("error");
    expect((await agent.get(url.pathname + url.search)).status).toBe(400);
  });

  it("SI33 is 400 for a sign-in older than ten minutes", async () => {
    const agent = application.visitor();
    const callback = await reachCallback(agent);
    await application.query(
      "update sign_in_transactions set expires_at = now() - interval '1 second' where consumed_at is null",
    );
    const answer = await agent.get(callback);
    expect(answer.status).toBe(400);
    expect(answer.text).toContain("expired after ten minutes");
  });

  it.each(["/callback-evil", "/callback/", "/CALLBACK", "//callback"])(
    "SI04 has one path only: not %s",
    async (path) => {
      const agent = application.visitor();
      const url = new URL(await reachCallback(agent), application.baseUrl);
      expect((await agent.get(path + url.search)).status).toBe(404);
      expect(await isSignedIn(agent)).toBe(false);
    },
  );
});

describe("GET /callback, by many at once", () => {
  const world = useSignIn();
  const { application, reachCallback, signIn } = world;

  it("SI03 sends the code once, over two instances, and leads all to the same page", async () => {
    const second = await application.startSecond();
    const agent = application.visitor();
    const callback = await reachCallback(agent, { returnTo: "/account" });
    const cookie = readCookies(agent).header;
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, index) =>
        fetch((index % 2 === 0 ? application.baseUrl : second.baseUrl) + callback, {
          headers: { cookie, accept: "text/html" },
          redirect: "manual",
        }),
      ),
    );
    expect(answers.map((answer) => [answer.status, answer.headers.get("location")])).toEqual(
      Array.from({ length: 10 }, () => [303, "/account"]),
    );
    expect(answers.filter((answer) => answer.headers.has("set-cookie"))).toHaveLength(1);
    expect(world.issuer.count("token")).toBe(1);
    await second.stop();
  });

  it("SI29 makes one user of twenty first sign-ins at once", async () => {
    const agents = Array.from({ length: 20 }, () => application.visitor());
    const paths = await Promise.all(agents.map((agent) => signIn(agent)));
    expect(paths).toEqual(Array.from({ length: 20 }, () => "/"));
    expect(await application.query("select from users")).toHaveLength(1);
    expect(await application.query("select from sessions where revoked_at is null")).toHaveLength(
      20,
    );
  });
});
