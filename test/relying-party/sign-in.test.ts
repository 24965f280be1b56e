import { createHash } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type FaultyIssuer, startFaultyIssuer } from "../support/faulty-issuer.ts";
import { baseUrl, createRelyingParty, createSecret } from "../support/openid-sign-in.ts";

let issuer: FaultyIssuer;
beforeEach(async () => {
  issuer = await startFaultyIssuer();
});
afterEach(() => issuer.close());

const wish = () => ({ state: createSecret(), nonce: createSecret() });

describe("startSignIn()", () => {
  it("sends exactly what the SDK builds, with our state, nonce, challenge and scopes", async () => {
    const { client } = createRelyingParty(issuer);
    const request = wish();
    const { authorizationUrl, codeVerifier } = await client.startSignIn(request);

    const url = new URL(authorizationUrl);
    expect(url.origin + url.pathname).toBe(`${issuer.endpoint}/oidc/auth`);
    expect(Object.fromEntries(url.searchParams)).toEqual({
      client_id: issuer.appId,
      redirect_uri: `${baseUrl}/callback`,
      code_challenge: createHash("sha256").update(codeVerifier).digest("base64url"),
      code_challenge_method: "S256",
      state: request.state,
      nonce: request.nonce,
      response_type: "code",
      prompt: "consent",
      scope:
        "openid profile email identities urn:logto:scope:organizations urn:logto:scope:organization_roles",
      resource: "urn:logto:resource:organizations",
    });
    expect(codeVerifier).toMatch(/^[\w-]{43,128}$/);
  });

  it("asks for a social account, the sign-up page, a person and a fresh sign-in when told to", async () => {
    const { client } = createRelyingParty(issuer);
    const { authorizationUrl } = await client.startSignIn({
      ...wish(),
      directSignIn: { method: "social", target: "huggingface" },
      firstScreen: "register",
      loginHint: "ada+1@hf.example&state=x",
      prompt: "login",
      maxAge: 0,
    });

    const query = new URL(authorizationUrl).searchParams;
    expect(query.get("direct_sign_in")).toBe("social:huggingface");
    expect(query.get("first_screen")).toBe("register");
    expect(query.get("login_hint")).toBe("ada+1@hf.example&state=x");
    expect(query.get("prompt")).toBe("login");
    expect(query.get("max_age")).toBe("0");
    expect(query.getAll("state")).toHaveLength(1);
  });

  it("makes a new code verifier each time", async () => {
    const { client } = createRelyingParty(issuer);
    const [one, other] = await Promise.all([
      client.startSignIn(wish()),
      client.startSignIn(wish()),
    ]);

    expect(one.codeVerifier).not.toBe(other.codeVerifier);
  });

  it("refuses a state or nonce that can be guessed", async () => {
    const { client } = createRelyingParty(issuer);

    await expect(client.startSignIn({ ...wish(), state: "1" })).rejects.toThrow(TypeError);
    await expect(client.startSignIn({ ...wish(), nonce: "" })).rejects.toThrow(TypeError);
  });
});

describe("completeSignIn()", () => {
  it("tells who signed in", async () => {
    const { client, signIn } = createRelyingParty(issuer);

    expect(await signIn()).toEqual({
      issuer: `${issuer.endpoint}/oidc`,
      subject: "sakj9v54p6jh",
      name: "Olivia",
      username: "olivia",
      email: "olivia@acme.test",
      emailVerified: true,
      picture: null,
      identities: [],
      organizations: ["hg4u5lk735gr", "v0r1r27s5no3"],
      organizationRoles: [
        { organizationId: "hg4u5lk735gr", role: "member" },
        { organizationId: "v0r1r27s5no3", role: "owner" },
      ],
      singleSignOn: [],
      authenticationAge: null,
      sid: null,
    });
    expect(client.issuer).toBe(`${issuer.endpoint}/oidc`);
    expect(client.status()).toBe("up");
  });

  it("tells the session and the time of authentication when the ID token does", async () => {
    const iat = Math.floor(Date.now() / 1000);
    issuer.idToken.claims = { sid: "eOBHuZXQLVM", iat, auth_time: iat - 90 };
    const person = await createRelyingParty(issuer).signIn();

    expect(person).toMatchObject({ sid: "eOBHuZXQLVM", authenticationAge: 90 });
  });

  it("sends our credentials to the token endpoint alone, the access token to userinfo alone", async () => {
    await createRelyingParty(issuer).signIn();

    const authorizationOf = (endpoint: string) =>
      issuer.requests
        .filter((request) => request.endpoint === endpoint)
        .map((request) => request.headers.authorization?.split(" ")[0]);
    expect(authorizationOf("token")).toEqual(["Basic"]);
    expect(authorizationOf("userinfo")).toEqual(["Bearer"]);
    expect(authorizationOf("discovery")).toEqual([undefined]);
    expect(authorizationOf("jwks")).toEqual([undefined]);
  });

  it("loads discovery and keys once for twenty people", async () => {
    const { signIn } = createRelyingParty(issuer);
    await Promise.all(Array.from({ length: 20 }, signIn));

    expect(issuer.count("discovery")).toBe(1);
    expect(issuer.count("jwks")).toBe(1);
    expect(issuer.count("token")).toBe(20);
  });

  it("SI06 refuses a code of another browser's sign-in", async () => {
    const { client, reachCallback } = createRelyingParty(issuer);
    const attacker = await reachCallback();
    const victim = await reachCallback();
    const searchParams = new URLSearchParams(victim.searchParams);
    searchParams.set("code", attacker.searchParams.get("code") ?? "");
    const { state, nonce, codeVerifier } = victim;

    await expect(
      client.completeSignIn({ searchParams, state, nonce, codeVerifier }),
    ).rejects.toMatchObject({ code: "code_refused", status: 400 });
  });

  it("SI02 refuses a code that was spent", async () => {
    const { complete } = await createRelyingParty(issuer).reachCallback();
    await complete();

    await expect(complete()).rejects.toMatchObject({ code: "code_refused", status: 400 });
  });
});

describe("endSessionUrl()", () => {
  it("is Logto's, with us as the client and the way back to our first page", async () => {
    const url = new URL((await createRelyingParty(issuer).client.endSessionUrl()) ?? "");

    expect(url.origin + url.pathname).toBe(`${issuer.endpoint}/oidc/session/end`);
    expect(Object.fromEntries(url.searchParams)).toEqual({
      client_id: issuer.appId,
      post_logout_redirect_uri: `${baseUrl}/`,
    });
  });

  it("SI25 is null when the provider is away, at once even if it hangs", async () => {
    const { client, advance } = createRelyingParty(issuer);
    await client.endSessionUrl();
    advance(2_000);
    issuer.faults.discovery = "hang";

    const before = performance.now();
    expect(await client.endSessionUrl()).toBeNull();
    expect(performance.now() - before).toBeLessThan(2_000);
  });
});
