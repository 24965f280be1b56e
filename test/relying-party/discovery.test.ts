import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type FaultyIssuer, startFaultyIssuer } from "../support/faulty-issuer.ts";
import type { Fault } from "../support/issuer-faults.ts";
import { createRelyingParty, createSecret } from "../support/openid-sign-in.ts";

let issuer: FaultyIssuer;
beforeEach(async () => {
  issuer = await startFaultyIssuer();
});
afterEach(() => issuer.close());

const invalid = { code: "identity_provider_invalid_answer", status: 502 };
const unavailable = { code: "identity_provider_unavailable", status: 503 };
const minutes = (count: number) => count * 60_000;

function createStarter(options = {}) {
  const relyingParty = createRelyingParty(issuer, options);
  const start = () =>
    relyingParty.client.startSignIn({ state: createSecret(), nonce: createSecret() });
  return { ...relyingParty, start };
}

describe("discovery", () => {
  it("SI15 of another issuer disables sign-in until it is right", async () => {
    issuer.discovery = { issuer: "https://evil.example/oidc" };
    const { start, client, advance, lines } = createStarter();

    await expect(start()).rejects.toMatchObject({
      ...invalid,
      reason: "discovery: issuer is wrong",
    });
    expect(client.status()).toBe("down");
    expect(lines).toHaveLength(1);

    issuer.discovery = {};
    advance(5_000);
    expect((await start()).authorizationUrl).toContain(`${issuer.endpoint}/oidc/auth?`);
    expect(client.status()).toBe("up");
  });

  it.each([
    ["a slash at its issuer's end", () => ({ issuer: `${issuer.endpoint}/oidc/` })],
    ["another origin", () => ({ authorization_endpoint: "https://evil.example/oidc/auth" })],
    ["a token endpoint elsewhere", () => ({ token_endpoint: "http://127.0.0.1:1/oidc/token" })],
    ["a script", () => ({ authorization_endpoint: "javascript:alert(1)" })],
    ["a blob of its origin", () => ({ authorization_endpoint: `blob:${issuer.endpoint}/oidc` })],
    ["a file", () => ({ jwks_uri: "file:///etc/passwd" })],
    ["a path alone", () => ({ userinfo_endpoint: "/oidc/me" })],
    ["a query", () => ({ authorization_endpoint: `${issuer.endpoint}/oidc/auth?a=b` })],
    ["a name and password", () => ({ jwks_uri: issuer.endpoint.replace("//", "//a:b@") })],
    ["no end of session", () => ({ end_session_endpoint: undefined })],
    [
      "no algorithm we accept",
      () => ({ id_token_signing_alg_values_supported: ["none", "HS256"] }),
    ],
  ])("SI15 with %s is not believed", async (_case, change) => {
    issuer.discovery = change();
    await expect(createStarter().start()).rejects.toMatchObject(invalid);
  });

  it.each<Fault>(["empty", "html", "truncated"])(
    "SI16 that answers %j once does no harm five seconds later",
    async (fault) => {
      issuer.faults.discovery = fault;
      const { start, signIn, advance } = createStarter();
      await expect(start()).rejects.toMatchObject(invalid);

      issuer.faults = {};
      advance(5_000);
      expect((await signIn()).subject).toBe("sakj9v54p6jh");
    },
  );

  it.each<[Fault, object]>([
    ["huge", { ...invalid, reason: "longer than 256 kB" }],
    ["redirect", { ...invalid, reason: "status 302" }],
    [{ status: 404 }, { ...invalid, reason: "status 404" }],
    [{ status: 429 }, { ...unavailable, reason: "rate limited" }],
    [
      { status: 503, html: true },
      { ...unavailable, reason: "status 503" },
    ],
    ["reset", { ...unavailable, reason: "connection failed" }],
    ["hang", { ...unavailable, reason: "timeout" }],
  ])("FA14 that answers %j is refused and not kept", async (fault, expected) => {
    issuer.faults.discovery = fault;
    const { start, advance } = createStarter({ requestTimeout: fault === "hang" ? 300 : 3_000 });
    await expect(start()).rejects.toMatchObject(expected);
    expect(issuer.count("/elsewhere")).toBe(0);

    issuer.faults = {};
    advance(2_000);
    expect((await start()).authorizationUrl).toContain("/oidc/auth?");
  });

  it("FA12 that hangs is cut, and is not asked for again before the next probe", async () => {
    issuer.faults.discovery = "hang";
    const { start } = createStarter({ requestTimeout: 150 });

    const before = performance.now();
    await expect(start()).rejects.toMatchObject(unavailable);
    expect(performance.now() - before).toBeLessThan(2_000);
    await Promise.all(
      Array.from({ length: 10 }, () => expect(start()).rejects.toMatchObject(unavailable)),
    );
    expect(issuer.count("discovery")).toBe(1);
  });

  it("FA13 that fails slowly gets one probe per interval from a hundred starts, all answered together", async () => {
    issuer.faults.discovery = "hang";
    const { start, advance, lines } = createStarter({ requestTimeout: 150 });
    for (let interval = 1; interval <= 3; interval += 1) {
      const before = performance.now();
      const outcomes = await Promise.allSettled(Array.from({ length: 100 }, start));
      expect(performance.now() - before).toBeLessThan(2_000);
      expect(outcomes.every(({ status }) => status === "rejected")).toBe(true);
      expect(issuer.count("discovery")).toBe(interval);
      expect(lines).toHaveLength(interval);
      advance(2_000);
    }
  });

  it("FA13 is asked once more by the same start when an idle connection broke", async () => {
    issuer.faults.discovery = "reset";
    await expect(createStarter().start()).rejects.toMatchObject(unavailable);
    expect(issuer.count("discovery")).toBe(2);
  });

  it("FA11 of a dead provider starts no sign-in, however lately it was read", async () => {
    const { start, client, advance } = createStarter();
    await start();
    issuer.faults.discovery = { status: 503 };
    advance(1_000);

    await expect(start()).rejects.toMatchObject(unavailable);
    expect(client.status()).toBe("down");
    expect(await client.endSessionUrl()).toBeNull();
  });

  it("FA14 garbage does not replace what was valid before", async () => {
    const { start, signIn, advance, lines } = createStarter();
    await start();
    issuer.faults.discovery = "html";
    advance(minutes(2));

    expect((await start()).authorizationUrl).toContain(`${issuer.endpoint}/oidc/auth?`);
    expect((await signIn()).subject).toBe("sakj9v54p6jh");
    expect(lines).toHaveLength(1);
  });

  it.each([
    [9, 0],
    [11, 1],
  ])("is %i minutes old at the callback: read %i times more", async (age, reads) => {
    const { reachCallback, advance } = createStarter();
    const { complete } = await reachCallback();
    issuer.clock = () => new Date(Date.now() + minutes(age));
    advance(minutes(age));
    await complete();

    expect(issuer.count("discovery")).toBe(1 + reads);
  });

  it.each([
    [23, "sakj9v54p6jh"],
    [25, expect.objectContaining(unavailable)],
  ])("that fails, %i hours after it was read, finishes a sign-in: %j", async (age, expected) => {
    const { signIn, reachCallback, advance } = createStarter();
    await signIn();
    const { complete } = await reachCallback();
    issuer.faults = { discovery: { status: 500 }, jwks: { status: 500 } };
    issuer.clock = () => new Date(Date.now() + minutes(60 * age));
    advance(minutes(60 * age));

    const outcome: unknown = await complete().then(
      ({ subject }) => subject,
      (error: unknown) => error,
    );
    expect(outcome).toEqual(expected);
  });

  it("FA23 is read again when our clock was set back an hour", async () => {
    const { start, advance } = createStarter();
    await start();
    advance(-minutes(60));
    await start();

    expect(issuer.count("discovery")).toBe(2);
  });
});
