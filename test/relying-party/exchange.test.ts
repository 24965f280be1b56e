import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { OpenIdError } from "../../src/relying-party/error.ts";
import refusals from "../fixtures/openid/token-refusals.json" with { type: "json" };
import { type FaultyIssuer, startFaultyIssuer } from "../support/faulty-issuer.ts";
import type { Fault } from "../support/issuer-faults.ts";
import { createRelyingParty } from "../support/openid-sign-in.ts";

let issuer: FaultyIssuer;
beforeEach(async () => {
  issuer = await startFaultyIssuer();
});
afterEach(() => issuer.close());

const invalid = { code: "identity_provider_invalid_answer", status: 502 };
/** Short where a call hangs; else long enough for a busy machine. */
const timeoutFor = (fault: Fault) => ({ requestTimeout: fault === "hang" ? 600 : 3_000 });
const unavailable = { code: "identity_provider_unavailable", status: 503 };

describe("the token endpoint", () => {
  it.each<[Fault, object]>([
    [
      { status: 502, html: true },
      { ...unavailable, reason: "status 502" },
    ],
    [{ status: 503 }, unavailable],
    [{ status: 429 }, { ...unavailable, reason: "rate limited" }],
    ["html", { ...invalid, reason: "not JSON" }],
    ["truncated", invalid],
    ["empty", { ...invalid, reason: "token: access_token is wrong" }],
    ["huge", { ...invalid, reason: "longer than 256 kB" }],
    ["redirect", { ...invalid, reason: "status 302" }],
    ["reset", { ...unavailable, reason: "connection failed" }],
    ["hang", { ...unavailable, reason: "timeout" }],
    [refusals.invalid_grant, { code: "code_refused", status: 400 }],
    [refusals.invalid_client, { code: "client_refused", status: 502 }],
    [refusals.invalid_request, { ...invalid, reason: "status 400" }],
    [
      { status: 400, html: true },
      { ...invalid, reason: "status 400" },
    ],
  ])("SI20 that answers %j is asked once, never again", async (fault, expected) => {
    issuer.faults.token = fault;
    const { signIn } = createRelyingParty(issuer, timeoutFor(fault));

    const before = performance.now();
    await expect(signIn()).rejects.toMatchObject(expected);
    expect(performance.now() - before).toBeLessThan(2_000);
    expect(issuer.count("token")).toBe(1);
    expect(issuer.count("userinfo")).toBe(0);
    expect(issuer.count("/elsewhere")).toBe(0);
  });

  it("SI20 without an ID token is refused", async () => {
    issuer.faults.token = {
      status: 200,
      body: { access_token: "a", expires_in: 3600, scope: "profile", token_type: "Bearer" },
    };
    const expected = { ...invalid, reason: "token: id_token is wrong" };
    await expect(createRelyingParty(issuer).signIn()).rejects.toMatchObject(expected);
  });

  it("is down after it failed, up when the next person got through", async () => {
    const { client, signIn, advance } = createRelyingParty(issuer);
    expect(client.status()).toBe("up");
    issuer.faults.token = "reset";
    await expect(signIn()).rejects.toBeInstanceOf(OpenIdError);
    expect(client.status()).toBe("down");

    issuer.faults = {};
    advance(1_000);
    await signIn();
    expect(client.status()).toBe("up");
  });

  it("refuses a wrong secret as an operator's fault", async () => {
    const { client, reachCallback } = createRelyingParty({ ...issuer, appSecret: "wrong" });
    const { complete } = await reachCallback();

    await expect(complete()).rejects.toMatchObject({ code: "client_refused", status: 502 });
    expect(client.status()).toBe("up");
  });
});

describe("userinfo", () => {
  it.each([
    ["another's", { sub: "fhroe6h9yube" }, "userinfo: sub is of another person"],
    ["absent", { sub: undefined }, "userinfo: sub is wrong"],
    ["no text", { sub: 7 }, "userinfo: sub is wrong"],
  ])("SI14 is refused when its sub is %s", async (_case, userinfo, reason) => {
    issuer.userinfo = userinfo;
    await expect(createRelyingParty(issuer).signIn()).rejects.toMatchObject({ ...invalid, reason });
  });

  it.each<[Fault, object, number]>([
    ["html", invalid, 1],
    ["empty", invalid, 1],
    ["huge", invalid, 1],
    ["redirect", invalid, 1],
    [{ status: 401, body: { error: "invalid_token" } }, invalid, 1],
    [{ status: 429 }, unavailable, 1],
    [{ status: 502, html: true }, unavailable, 2],
    ["reset", unavailable, 2],
    ["hang", unavailable, 1],
  ])(
    "FA14 refuses the sign-in when it answers %j after %j, asked %i times",
    async (fault, expected, times) => {
      issuer.faults.userinfo = fault;
      const { signIn } = createRelyingParty(issuer, timeoutFor(fault));

      await expect(signIn()).rejects.toMatchObject(expected);
      expect(issuer.count("userinfo")).toBe(times);
      expect(issuer.count("token")).toBe(1);
    },
  );
});

describe("the keys", () => {
  it.each<[Fault, object]>([
    ["empty", { ...invalid, reason: "keys: not a JSON Web Key Set" }],
    ["html", invalid],
    ["hang", unavailable],
    [{ status: 200, body: { keys: [] } }, invalid],
  ])("FA14 that come as %j refuse the sign-in, and the next works", async (fault, expected) => {
    issuer.faults.jwks = fault;
    const { signIn, advance } = createRelyingParty(issuer, timeoutFor(fault));
    await expect(signIn()).rejects.toMatchObject(expected);

    issuer.faults = {};
    advance(2_000);
    expect((await signIn()).subject).toBe("sakj9v54p6jh");
  });
});

describe("a whole sign-in", () => {
  it("FA12 is cut when every call is slow, though each stays below its own limit", async () => {
    const { reachCallback, lines } = createRelyingParty(issuer, { requestTimeout: 800 });
    const { complete } = await reachCallback();
    issuer.faults = { token: { delay: 600 }, jwks: { delay: 500 }, userinfo: { delay: 600 } };

    const before = performance.now();
    await expect(complete()).rejects.toMatchObject({ ...unavailable, reason: "timeout" });
    expect(performance.now() - before).toBeLessThan(2_500);
    expect(lines).toHaveLength(1);
  });

  it("SE25 leaves no secret in a log line or an error, whatever fails", async () => {
    const faults: Fault[] = [
      "html",
      "empty",
      "truncated",
      "redirect",
      "reset",
      refusals.invalid_client,
    ];
    const planned = (["token", "userinfo", "jwks"] as const).flatMap((endpoint) =>
      faults.map((fault) => ({ [endpoint]: fault })),
    );
    for (const plan of planned) {
      issuer.faults = plan;
      const { reachCallback, lines } = createRelyingParty(issuer);
      const { complete, searchParams, state, nonce, codeVerifier } = await reachCallback();
      const error = await complete().catch((reason: unknown) => reason);
      if (!(error instanceof OpenIdError)) throw new Error("It was accepted.");

      const told = JSON.stringify([lines, error, error.message, error.stack, error.cause]);
      const secrets = [searchParams.get("code"), state, nonce, codeVerifier, issuer.appSecret];
      for (const secret of secrets) expect(told).not.toContain(secret);
      expect(told).not.toMatch(/eyJ|<html>|olivia/);
      expect(lines).toHaveLength(1);
    }
  });

  it("FA11 is unavailable when nothing listens", async () => {
    const { client } = createRelyingParty(issuer);
    await issuer.close();
    const secret = "x".repeat(43);

    await expect(client.startSignIn({ state: secret, nonce: secret })).rejects.toMatchObject({
      ...unavailable,
      reason: "connection failed",
    });
    expect(client.status()).toBe("down");
    expect(await client.endSessionUrl()).toBeNull();
  });
});
