import { beforeEach, describe, expect, it } from "vitest";

import refusals from "../fixtures/openid/token-refusals.json" with { type: "json" };
import { readCookies } from "../support/session-cookie.ts";
import { useSignIn } from "../support/sign-in.ts";
import { readEverything } from "../support/snapshot.ts";

const world = useSignIn({ requestTimeout: 400 });
const { application, reachCallback, isSignedIn } = world;
const honest = { claims: {}, algorithm: "ES384", hasKeyId: true, signer: undefined } as const;

beforeEach(() => {
  world.issuer.faults = {};
  world.issuer.userinfo = {};
  world.issuer.idToken = { ...honest };
});

/** Everything but the sign-in itself, which is spent. */
const readDatabase = () => readEverything(application, { tables: ["sign_in_transactions"] });

const now = () => Math.floor(Date.now() / 1000);
const says = (claims: Record<string, unknown>) => () => {
  world.issuer.idToken.claims = claims;
};

/** One sign-in for each kind of refusal; the tests of relying-party have all of them. */
const failures: [string, () => void | Promise<void>, status?: number][] = [
  ["SI10 a foreign issuer", says({ iss: "https://evil.example/oidc" })],
  ["SI14 another's userinfo", () => void (world.issuer.userinfo = { sub: "another-person" })],
  [
    "SI17 a key that is not published",
    async () => void (world.issuer.idToken.signer = await world.issuer.createKey()),
  ],
  ["SI19 an iat six minutes ago", () => says({ iat: now() - 360 })()],
  [
    "SI06 a code of another browser's sign-in",
    () => void (world.issuer.faults.token = refusals.invalid_grant),
    400,
  ],
  ["SI20 no tokens in the answer", () => void (world.issuer.faults.token = "empty")],
  ["SI20 no answer at all", () => void (world.issuer.faults.token = "hang"), 503],
];

describe("GET /callback, when the identity provider misbehaves", () => {
  it.each(failures)(
    "SI36 leaves session, cookie and database as they were, byte for byte: %s",
    async (_what, misbehave, status = 502) => {
      const person = await application.createPerson();
      await application.createOrganization(person);
      const agent = await application.signInAs(person);
      await isSignedIn(agent);
      const callback = await reachCallback(agent);
      const [before, cookies] = [await readDatabase(), readCookies(agent)];
      expect(before["sessions"]?.length).toBeGreaterThan(0);
      const exchanged = world.issuer.count("token");
      await misbehave();
      const answer = await agent.get(callback);
      // It is sent once, and not refused before.
      expect(world.issuer.count("token") - exchanged).toBe(1);
      expect(answer.status).toBe(status);
      expect(answer.text).toMatch(/(Start|Try) again/);
      expect(answer.headers["set-cookie"]).toBeUndefined();
      expect(await readDatabase()).toEqual(before);
      expect(readCookies(agent)).toEqual(cookies);
      expect(await isSignedIn(agent)).toBe(true);
    },
  );
});

describe("a sign-in", () => {
  it("SI34 SI35 FA15 FA16 asks for no refresh token and keeps no token, so that none can be spent twice or lost", async () => {
    const agent = application.visitor();
    const start = new URL((await agent.get("/sign-in")).headers["location"] ?? "");
    const scope = start.searchParams.get("scope") ?? "";
    expect(scope.split(" ")).toContain("openid");
    expect(scope).not.toContain("offline_access");
    // Logto may be set to give one always.
    const refreshToken = "a-refresh-token-that-nobody-asked-for";
    world.issuer.token = { refresh_token: refreshToken };
    await world.signIn(agent);
    world.issuer.token = {};
    const used = world.issuer.count("token");
    expect(await isSignedIn(agent)).toBe(true);
    const everything = JSON.stringify(await readDatabase());
    expect(everything).toContain("sakj9v54p6jh");
    expect(everything).not.toContain(refreshToken);
    expect(everything).not.toMatch(/eyJ[\w-]+\./);
    expect(application.logged()).not.toContain(refreshToken);
    // A session of any age is answered without the provider.
    await application.query(
      "update sessions set created_at = now() - interval '6 days', last_seen_at = now() - interval '2 hours'",
    );
    const answers = await Promise.all(Array.from({ length: 20 }, () => agent.get("/account")));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(world.issuer.count("token")).toBe(used);
  });
});
