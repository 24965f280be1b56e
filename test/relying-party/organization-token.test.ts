import { SignJWT } from "jose";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";

import { OpenIdError } from "../../src/relying-party/error.ts";
import { type FaultyIssuer, startFaultyIssuer } from "../support/faulty-issuer.ts";
import { createRelyingParty } from "../support/openid-sign-in.ts";
import { audienceOf, signToken, type TokenOptions } from "../support/organization-tokens.ts";

let issuer: FaultyIssuer;
beforeAll(async () => {
  issuer = await startFaultyIssuer();
});
afterAll(() => issuer.close());
beforeEach(() => {
  issuer.faults = {};
  issuer.requests.length = 0;
});

const aud = audienceOf("v0r1r27s5no3");
const seconds = () => Math.floor(Date.now() / 1000);

/** Why a token is refused; null if it is accepted. */
async function refusalOf(
  client: ReturnType<typeof createRelyingParty>["client"],
  token: string,
): Promise<string | null> {
  try {
    await client.verifyOrganizationToken(token);
    return null;
  } catch (error) {
    if (!(error instanceof OpenIdError)) throw error;
    return error.code === "access_token_invalid" ? error.reason : error.code;
  }
}

const refusal = async (options: TokenOptions) =>
  refusalOf(createRelyingParty(issuer).client, await signToken(issuer, options));

describe("verifyOrganizationToken()", () => {
  it("returns the subject, the organization, the scopes and the client", async () => {
    const token = await signToken(issuer, { claims: { scope: "member:read project:read" } });
    expect(await createRelyingParty(issuer).client.verifyOrganizationToken(token)).toEqual({
      issuer: `${issuer.endpoint}/oidc`,
      subject: "sakj9v54p6jh",
      clientId: "api-client",
      logtoOrganizationId: "v0r1r27s5no3",
      scopes: new Set(["member:read", "project:read"]),
    });
  });

  it("accepts one without any scope", async () => {
    for (const scope of ["", undefined]) {
      const token = await signToken(issuer, { claims: { scope } });
      const { scopes } = await createRelyingParty(issuer).client.verifyOrganizationToken(token);
      expect(scopes.size).toBe(0);
    }
  });

  it.each<[string, TokenOptions]>([
    ["for every organization", { claims: { aud: "urn:logto:resource:organizations" } }],
    ["for one that begins like it", { claims: { aud: `${aud} ` } }],
    ["for one behind something else", { claims: { aud: `x${aud}` } }],
    ["for no organization's id", { claims: { aud: audienceOf("") } }],
    ["for an address", { claims: { aud: audienceOf("../v0r1r27s5no3") } }],
    ["for an API", { claims: { aud: "https://api.example", organization_id: "v0r1r27s5no3" } }],
    ["for two organizations", { claims: { aud: [aud, audienceOf("hg4u5lk735gr")] } }],
    ["for it and for all", { claims: { aud: [aud, "urn:logto:resource:organizations"] } }],
    ["for nobody", { claims: { aud: [] } }],
    ["without audience", { claims: { aud: undefined } }],
  ])(
    "refuses one %s: its audience is compared as a whole, and is the only one",
    async (_what, options) => {
      expect(await refusal(options)).toBe("token: aud is wrong");
    },
  );

  it("accepts a list of one audience", async () => {
    expect(await refusal({ claims: { aud: [aud] } })).toBeNull();
  });

  it.each<[string, TokenOptions, string]>([
    ["another issuer's", { claims: { iss: "https://other.example/oidc" } }, "iss is wrong"],
    ["an issuer's that begins like ours", { claims: { iss: "http://127.0.0.1" } }, "iss is wrong"],
    ["without issuer", { claims: { iss: undefined } }, "iss is wrong"],
    ["an ID token", { typ: "JWT" }, "typ is wrong"],
    ["without subject", { claims: { sub: undefined } }, "sub is wrong"],
    ["with an empty subject", { claims: { sub: "" } }, "sub is wrong"],
    ["a logout token", { typ: "logout+jwt" }, "typ is wrong"],
    ["of no client", { claims: { client_id: undefined } }, "client_id is wrong"],
    ["without time", { claims: { iat: undefined } }, "iat is wrong"],
    ["without end", { claims: { exp: undefined } }, "exp is wrong"],
    ["with scopes in a list", { claims: { scope: ["member:read"] } }, "scope is wrong"],
    ["not valid yet", { claims: { nbf: seconds() + 600 } }, "nbf is wrong"],
  ])("SI10 SI11 refuses one that is %s", async (_what, options, reason) => {
    expect(await refusal(options)).toBe(`token: ${reason}`);
  });

  it("SI10 refuses one that is not signed, or that our own secret could sign", async () => {
    for (const algorithm of ["none", "HS256"] as const) {
      expect(await refusal({ algorithm }), algorithm).toMatch(/^token: (ERR_J|typ is wrong)/);
    }
    const [header = "", payload = "", signature = ""] = (await signToken(issuer, {})).split(".");
    const { client } = createRelyingParty(issuer);
    const forged = [
      `${header}.${payload}.`,
      `${header}.${payload}.${signature.slice(0, -4)}AAAA`,
      `${header}.${payload}`,
      payload,
      "",
      "é",
      "x".repeat(10_000),
      "a.b.c",
      // An encrypted token (JWE) has five parts. Nothing here decrypts one.
      `${header}.${payload}.${signature}.${payload}.${signature}`,
    ];
    for (const token of forged) expect(await refusalOf(client, token)).toMatch(/^token: ERR_J/);
  });

  it("SI10 refuses one that brings its own key", async () => {
    const stranger = await issuer.createKey();
    const { client } = createRelyingParty(issuer);
    expect(await refusalOf(client, await signToken(issuer, { signer: stranger }))).toBe(
      "token: ERR_JWKS_NO_MATCHING_KEY",
    );
    const impostor = { ...stranger, kid: issuer.signingKey.kid };
    expect(await refusalOf(client, await signToken(issuer, { signer: impostor }))).toBe(
      "token: ERR_JWS_SIGNATURE_VERIFICATION_FAILED",
    );
    const claims = { iss: `${issuer.endpoint}/oidc`, aud, sub: "x", client_id: "x" };
    const withKey = await new SignJWT(claims)
      .setProtectedHeader({
        alg: "ES384",
        typ: "at+jwt",
        jwk: { kty: "EC" },
        jku: "https://evil.example/keys",
      })
      .setIssuedAt()
      .setExpirationTime("1h")
      .sign(stranger.privateKey);
    expect(await refusalOf(client, withKey)).toBe("token: ERR_JWS_SIGNATURE_VERIFICATION_FAILED");
  });

  it.each([
    ["expired for half a minute", { iat: -3630, exp: -30 }, null],
    ["expired for two minutes", { iat: -3720, exp: -120 }, "token: expired"],
    ["made an hour ago", { iat: -3590, exp: 10 }, null],
    ["made in half a minute", { iat: 30, exp: 3630 }, null],
    ["made in two minutes", { iat: 120, exp: 3720 }, "token: issued in the future"],
  ])("SI19 allows the two clocks a minute: %s", async (_what, { iat, exp }, expected) => {
    const now = seconds();
    expect(await refusal({ claims: { iat: now + iat, exp: now + exp } })).toBe(expected);
  });
});

describe("the provider's keys", () => {
  it("are those that sign-ins use, and are asked for once", async () => {
    const { client, signIn } = createRelyingParty(issuer);
    await signIn();
    const token = await signToken(issuer, {});
    await Promise.all(Array.from({ length: 20 }, () => client.verifyOrganizationToken(token)));
    expect([issuer.count("discovery"), issuer.count("jwks")]).toEqual([1, 1]);
  });

  it("are loaded once a second at most, however many tokens fit none of them", async () => {
    const { client, advance } = createRelyingParty(issuer);
    for (let count = 0; count < 30; count += 1) {
      const signer = { ...issuer.signingKey, kid: `unknown-${count}` };
      expect(await refusalOf(client, await signToken(issuer, { signer }))).toMatch(/NO_MATCHING/);
    }
    expect(issuer.count("jwks")).toBe(1);
    advance(1_500);
    const signer = { ...issuer.signingKey, kid: "unknown" };
    await refusalOf(client, await signToken(issuer, { signer }));
    expect(issuer.count("jwks")).toBe(2);
  });

  it("are not loaded again for a wrong signature under a known name", async () => {
    const { client, advance } = createRelyingParty(issuer);
    await client.verifyOrganizationToken(await signToken(issuer, {}));
    issuer.faults = { jwks: { status: 503 } };
    advance(1_500);
    const impostor = { ...(await issuer.createKey()), kid: issuer.signingKey.kid };
    expect(await refusalOf(client, await signToken(issuer, { signer: impostor }))).toMatch(
      /SIGNATURE_VERIFICATION_FAILED/,
    );
    expect(issuer.count("jwks")).toBe(1);
  });

  it("are used for a day after the provider has gone; without keys, a token cannot be judged", async () => {
    const { client, advance } = createRelyingParty(issuer);
    const token = await signToken(issuer, { claims: { exp: seconds() + 7 * 24 * 3600 } });
    issuer.faults = { discovery: { status: 503 }, jwks: { status: 503 } };
    expect(await refusalOf(client, token)).toBe("identity_provider_unavailable");
    issuer.faults = {};
    advance(3_000);
    expect(await refusalOf(client, token)).toBeNull();
    issuer.faults = { discovery: "reset", jwks: "reset" };
    advance(20 * 3600_000);
    expect(await refusalOf(client, token)).toBeNull();
    const signer = { ...issuer.signingKey, kid: "new" };
    expect(await refusalOf(client, await signToken(issuer, { signer }))).toBe(
      "identity_provider_unavailable",
    );
    advance(5 * 3600_000);
    expect(await refusalOf(client, token)).toBe("identity_provider_unavailable");
  });

  it("are waited for no longer than other answers of the provider", async () => {
    const { client } = createRelyingParty(issuer, { requestTimeout: 300 });
    issuer.faults = { jwks: "hang" };
    const started = performance.now();
    expect(await refusalOf(client, await signToken(issuer, {}))).toBe(
      "identity_provider_unavailable",
    );
    expect(performance.now() - started).toBeLessThan(2_000);
  });
});
