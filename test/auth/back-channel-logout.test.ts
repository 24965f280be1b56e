import { randomUUID } from "node:crypto";

import { beforeAll, beforeEach, describe, expect, it } from "vitest";

import type { Agent } from "../support/application.ts";
import { signLogoutToken } from "../support/logout-tokens.ts";
import { useSignIn } from "../support/sign-in.ts";

const logoutEvent = "http://schemas.openid.net/event/backchannel-logout";

const world = useSignIn();
const { application, isSignedIn, readState } = world;

/** Posts as Logto does: with fetch, from no browser. */
async function post(form: Record<string, string>, baseUrl = application.baseUrl) {
  const answer = await fetch(`${baseUrl}/back-channel-logout`, {
    method: "POST",
    body: new URLSearchParams(form),
  });
  return { status: answer.status, headers: answer.headers, text: await answer.text() };
}

const send = async (
  ...options: Parameters<typeof signLogoutToken> extends [unknown, ...infer T] ? T : never
) => post({ logout_token: await signLogoutToken(world.issuer, ...options) });

/** A person of this test, as the identity provider knows them. */
function knowPerson() {
  const sub = randomUUID();
  return {
    sub,
    /** In a browser of their own, with the provider's session of that id. */
    async signIn(sid?: string): Promise<Agent> {
      world.issuer.idToken.claims = { sub, sid };
      world.issuer.userinfo = { sub };
      const agent = application.visitor();
      await world.signIn(agent);
      return agent;
    },
  };
}

const readReasons = (sub: string) =>
  application.query<{ reason: string | null }>(
    `select s.revoke_reason as reason from sessions s join users u on u.id = s.user_id
      where u.subject = $1 order by s.created_at`,
    [sub],
  );

beforeEach(() => {
  world.issuer.faults = {};
  world.issuer.extraKeys = [];
});

describe("POST /back-channel-logout", () => {
  it("SI27 ends the session that came of the provider's session, and no other, on every instance", async () => {
    const { sub, signIn } = knowPerson();
    const [desk, phone] = [await signIn("sid-desk"), await signIn("sid-phone")];
    const stranger = await knowPerson().signIn("sid-desk");
    const answer = await send({ claims: { sub, sid: "sid-desk" } });
    expect([answer.status, answer.text]).toEqual([200, ""]);
    expect(answer.headers.get("cache-control")).toBe("no-store");
    expect(await isSignedIn(desk)).toBe(false);
    expect(await isSignedIn(phone)).toBe(true);
    expect(await isSignedIn(stranger)).toBe(true);
    expect(await readReasons(sub)).toEqual([{ reason: "back_channel_logout" }, { reason: null }]);
  });

  it("SI27 counts with the very next request of every other instance", async () => {
    const { sub, signIn } = knowPerson();
    const agent = await signIn("sid-1");
    const second = await application.startSecond();
    try {
      const token = await signLogoutToken(world.issuer, { claims: { sub, sid: "sid-1" } });
      expect(await isSignedIn(agent)).toBe(true);
      expect((await post({ logout_token: token }, second.baseUrl)).status).toBe(200);
      expect(await isSignedIn(agent)).toBe(false);
    } finally {
      await second.stop();
    }
  });

  it("SI27 ends all sessions of the person, and no one else's, where no session is named", async () => {
    const { sub, signIn } = knowPerson();
    const agents = [await signIn("sid-1"), await signIn(), await signIn()];
    const stranger = await knowPerson().signIn();
    expect((await send({ claims: { sub, sid: undefined } })).status).toBe(200);
    for (const agent of agents) expect(await isSignedIn(agent)).toBe(false);
    expect(await isSignedIn(stranger)).toBe(true);
    expect(await isSignedIn(await signIn())).toBe(true);
  });

  it("SI27 ends the session of a token that names only that", async () => {
    const { sub, signIn } = knowPerson();
    const [named, other] = [await signIn("sid-alone"), await signIn("sid-else")];
    expect((await send({ claims: { sub: undefined, sid: "sid-alone" } })).status).toBe(200);
    expect(await isSignedIn(named)).toBe(false);
    expect(await isSignedIn(other)).toBe(true);
    expect(await readReasons(sub)).toEqual([{ reason: "back_channel_logout" }, { reason: null }]);
  });

  it("SI27 is 200 where there is nothing to end: an unknown person, or one who signed out before", async () => {
    expect((await send({ claims: { sub: "nobody-here" } })).status).toBe(200);
    const { sub, signIn } = knowPerson();
    const agent = await signIn("sid-1");
    await agent.post("/sign-out");
    expect((await send({ claims: { sub, sid: "sid-1" } })).status).toBe(200);
    expect(await readReasons(sub)).toEqual([{ reason: "signed_out" }]);
  });

  const now = Math.floor(Date.now() / 1000);
  /** One person for all tokens that end nothing. */
  let victim: { sub: string; agent: Agent };
  beforeAll(async () => {
    const { sub, signIn } = knowPerson();
    victim = { sub, agent: await signIn("sid-1") };
  });
  it.each<[string, Parameters<typeof send>[0]]>([
    ["a nonce", { claims: { nonce: "n" } }],
    ["a nonce of null", { claims: { nonce: null } }],
    ["the typ of an access token", { header: { typ: "at+jwt" } }],
    ["the typ of an ID token", { header: { typ: "JWT" } }],
    ["no typ", { header: { typ: undefined } }],
    ["another's aud", { claims: { aud: "another-app" } }],
    ["no aud", { claims: { aud: undefined } }],
    ["another iss", { claims: { iss: "https://evil.example/oidc" } }],
    ["no iss", { claims: { iss: undefined } }],
    ["no iat", { claims: { iat: undefined } }],
    ["an iat of six minutes ago", { claims: { iat: now - 360, exp: now - 240 } }],
    ["an iat in six minutes", { claims: { iat: now + 400, exp: now + 460 } }],
    ["no exp", { claims: { exp: undefined } }],
    ["an exp of two minutes ago", { claims: { iat: now - 240, exp: now - 120 } }],
    ["an exp more than two minutes after iat", { claims: { iat: now, exp: now + 121 } }],
    ["no jti", { claims: { jti: undefined } }],
    ["an empty jti", { claims: { jti: "" } }],
    ["a jti that is no text", { claims: { jti: 7 } }],
    ["no events", { claims: { events: undefined } }],
    ["another event", { claims: { events: { "http://schemas.openid.net/event/other": {} } } }],
    ["the event without its object", { claims: { events: { [logoutEvent]: true } } }],
    ["the event as a list", { claims: { events: { [logoutEvent]: [] } } }],
    ["an empty sub", { claims: { sub: "" } }],
    ["an empty sid", { claims: { sid: "" } }],
    ["neither sub nor sid", { claims: { sub: undefined, sid: undefined } }],
    ["no signature", { algorithm: "none" }],
    ["a symmetric signature", { algorithm: "HS256" }],
  ])("SI27 refuses a token with %s: 400, and nothing changes", async (_what, options) => {
    const { sub, agent } = victim;
    await isSignedIn(agent);
    const before = [await readState(), await readNotes()];
    const answer = await send({ ...options, claims: { sub, sid: "sid-1", ...options?.claims } });
    expect(answer.status).toBe(400);
    expect(JSON.parse(answer.text)).toEqual({
      error: "invalid_request",
      error_description: expect.any(String),
    });
    expect(answer.headers.get("cache-control")).toBe("no-store");
    expect([await readState(), await readNotes()]).toEqual(before);
    expect(await isSignedIn(agent)).toBe(true);
  });

  it("SI27 refuses another key's signature, under the published key's name or its own", async () => {
    const { sub, signIn } = knowPerson();
    const agent = await signIn("sid-1");
    const foreign = await world.issuer.createKey();
    for (const signer of [foreign, { ...foreign, kid: world.issuer.signingKey.kid }]) {
      const answer = await send({ signer, claims: { sub, sid: "sid-1" } });
      expect(answer.status).toBe(400);
    }
    expect(await isSignedIn(agent)).toBe(true);
  });

  it("SI27 refuses an ID token, and no sign-in takes a logout token for one", async () => {
    const { sub, signIn } = knowPerson();
    const agent = await signIn("sid-1");
    const idToken = { events: undefined, jti: undefined, nonce: "n", name: "Olivia" };
    expect((await send({ claims: { sub, ...idToken }, header: { typ: "JWT" } })).status).toBe(400);
    expect(await isSignedIn(agent)).toBe(true);
  });

  it("SI27 accepts an aud of several with us among them, and an event with further fields", async () => {
    const { sub, signIn } = knowPerson();
    const agent = await signIn("sid-1");
    const aud = ["another-app", world.issuer.appId];
    const events = { [logoutEvent]: { why: "because" } };
    expect((await send({ claims: { sub, sid: "sid-1", aud, events } })).status).toBe(200);
    expect(await isSignedIn(agent)).toBe(false);
  });

  it("SI27 obeys a token once: again it is 400, though the person has signed in again meanwhile", async () => {
    const { sub, signIn } = knowPerson();
    await signIn("sid-1");
    const token = await signLogoutToken(world.issuer, { claims: { sub, sid: "sid-1" } });
    expect((await post({ logout_token: token })).status).toBe(200);
    const back = await signIn("sid-1");
    const again = await post({ logout_token: token });
    expect(again.status).toBe(400);
    expect(JSON.parse(again.text)).toMatchObject({ error: "invalid_request" });
    expect(await isSignedIn(back)).toBe(true);
  });

  it("SI27 obeys once a token that comes ten times at once, at two instances", async () => {
    const second = await application.startSecond();
    const { sub } = knowPerson();
    try {
      const token = await signLogoutToken(world.issuer, { claims: { sub } });
      const answers = await Promise.all(
        Array.from({ length: 10 }, (_none, index) =>
          post({ logout_token: token }, index % 2 ? second.baseUrl : application.baseUrl),
        ),
      );
      const statuses = answers.map(({ status }) => status).toSorted((one, other) => one - other);
      expect(statuses).toEqual([200, ...Array.from({ length: 9 }, () => 400)]);
    } finally {
      await second.stop();
    }
  });

  it("SI27 keeps of a token that was obeyed only a hash, for longer than it is accepted", async () => {
    const jti = randomUUID();
    await application.query("delete from back_channel_logouts");
    await send({ claims: { jti } });
    const [note] = await application.query<{ row: string; minutes: number }>(
      `select t::text as row, (extract(epoch from expires_at - now()) / 60)::float as minutes
         from back_channel_logouts t`,
    );
    expect(note?.row).not.toContain(jti);
    // It is accepted until a minute after `exp`, so three after `iat`, which may be five minutes ahead of us.
    expect(note?.minutes).toBeGreaterThan(8);
  });

  it.each<[string, Record<string, string>]>([
    ["nothing", {}],
    ["an empty token", { logout_token: "" }],
    ["a text that is no token", { logout_token: "abc" }],
  ])("answers 400 in JSON to a form with %s", async (_what, form) => {
    const answer = await post(form);
    expect(answer.status).toBe(400);
    expect(JSON.parse(answer.text)).toMatchObject({ error: "invalid_request" });
  });

  it("ignores other fields, as the specification wants it", async () => {
    const token = await signLogoutToken(world.issuer);
    expect((await post({ logout_token: token, other: "field" })).status).toBe(200);
  });

  it("takes no token from an address, no JSON, and no token twice", async () => {
    const token = await signLogoutToken(world.issuer);
    const url = `${application.baseUrl}/back-channel-logout`;
    expect((await fetch(`${url}?logout_token=${token}`)).status).toBe(405);
    const json = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ logout_token: token }),
    });
    expect(json.status).toBe(415);
    const body = `logout_token=${token}&logout_token=${token}`;
    const headers = { "content-type": "application/x-www-form-urlencoded" };
    expect((await fetch(url, { method: "POST", headers, body })).status).toBe(400);
  });

  it("CS01 refuses browsers that another site sends here, even with a good token", async () => {
    const { sub, signIn } = knowPerson();
    const agent = await signIn("sid-1");
    const token = await signLogoutToken(world.issuer, { claims: { sub, sid: "sid-1" } });
    for (const headers of [
      { "Sec-Fetch-Site": "cross-site" },
      { "Sec-Fetch-Site": "", Origin: "https://evil.example" },
      { "Sec-Fetch-Site": "", Cookie: "session=x" },
    ]) {
      const answer = await application
        .visitor()
        .post("/back-channel-logout")
        .set(headers)
        .type("form")
        .send({ logout_token: token });
      expect(answer.status).toBe(403);
    }
    expect(await isSignedIn(agent)).toBe(true);
  });

  it("SE25 logs why a token was refused, and nothing of any token", async () => {
    const { sub } = knowPerson();
    const good = await signLogoutToken(world.issuer, { claims: { sub } });
    const bad = await signLogoutToken(world.issuer, { claims: { sub, nonce: "n" } });
    for (const token of [good, bad]) await post({ logout_token: token });
    const lines = application.logged();
    expect(lines).toContain("logout_token: nonce is wrong");
    for (const secret of [sub, good.slice(-40), bad.slice(-40)])
      expect(lines).not.toContain(secret);
  });
});

describe("POST /back-channel-logout, when something is away", () => {
  it("SI27 is 503 when our database is away, and good afterwards with the same token", async () => {
    const { sub, signIn } = knowPerson();
    const agent = await signIn("sid-1");
    const token = await signLogoutToken(world.issuer, { claims: { sub, sid: "sid-1" } });
    await application.query(
      "create function gone() returns trigger language plpgsql as $$ begin raise sqlstate '57P03'; end $$",
    );
    await application.query(
      "create trigger gone before update on sessions execute function gone()",
    );
    const answer = await post({ logout_token: token });
    await application.query("drop trigger gone on sessions");
    expect([answer.status, answer.headers.get("retry-after")]).toEqual([503, "5"]);
    expect(await isSignedIn(agent)).toBe(true);
    expect((await post({ logout_token: token })).status).toBe(200);
    expect(await isSignedIn(agent)).toBe(false);
  });

  it("SI17 takes a token of a key that was made just before", async () => {
    await world.signIn(application.visitor());
    const { sub, signIn } = knowPerson();
    const agent = await signIn("sid-1");
    await world.issuer.rotateKey();
    // A key that came up in the same second waits for that second to be over.
    await expect.poll(async () => (await send({ claims: { sub, sid: "sid-1" } })).status).toBe(200);
    expect(await isSignedIn(agent)).toBe(false);
  });

  it("asks the provider for its keys at most once a second, however many unknown ones come", async () => {
    await send();
    const signer = await world.issuer.createKey();
    const [before, started] = [world.issuer.count("jwks"), performance.now()];
    for (let sent = 0; sent < 40; sent += 1) expect((await send({ signer })).status).toBe(400);
    const seconds = (performance.now() - started) / 1_000;
    expect(world.issuer.count("jwks") - before).toBeLessThanOrEqual(1 + Math.floor(seconds));
  });
});

describe("POST /back-channel-logout, before the provider has ever answered", () => {
  const early = useSignIn({ requestTimeout: 400 });
  const sendEarly = async (token: string) => {
    const answer = await fetch(`${early.application.baseUrl}/back-channel-logout`, {
      method: "POST",
      body: new URLSearchParams({ logout_token: token }),
    });
    return { status: answer.status, text: await answer.text(), headers: answer.headers };
  };

  it.each(["discovery", "jwks"] as const)(
    "FA14 is 503 while %s is garbage, late or away: we cannot tell whether the token is good",
    async (endpoint) => {
      const token = await signLogoutToken(early.issuer, { claims: { sub: "nobody-here" } });
      for (const fault of ["reset", "hang", "html"] as const) {
        early.issuer.faults = { [endpoint]: fault };
        const answer = await sendEarly(token);
        expect(answer.status).toBe(503);
        expect(answer.headers.get("retry-after")).toBe("5");
        expect(JSON.parse(answer.text)).toMatchObject({ error: "temporarily_unavailable" });
      }
      early.issuer.faults = {};
      expect(await early.application.query("select from back_channel_logouts")).toEqual([]);
    },
  );
});

const readNotes = () => application.query("select * from back_channel_logouts order by 1");
