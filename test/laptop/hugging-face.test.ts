import { createRemoteJWKSet, jwtVerify } from "jose";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import recorded from "../fixtures/hugging-face-userinfo.json" with { type: "json" };
import {
  HuggingFaceVisit,
  client,
  recordedScope,
  redirectUri,
  requestOf,
  userinfoAnswer,
  type Parameters,
} from "./hugging-face-visit.ts";

const visit = new HuggingFaceVisit();
beforeAll(() => visit.start());
afterAll(() => visit.stop());

describe("a sign-in with Hugging Face", () => {
  it("goes from the choice of a person over consent to the code, with the state", async () => {
    const callback = await visit.decide("ada", "authorize");
    expect(callback.origin + callback.pathname).toBe(redirectUri);
    expect([...callback.searchParams.keys()].toSorted()).toEqual(["code", "state"]);
    expect(callback.searchParams.get("state")).toBe("q7XSMLmb2HE");
  });

  it("lets a registered `/*` stand for one last segment, for the connector ids of Logto", async () => {
    const redirect_uri = "http://127.0.0.1:3302/callback/x1y2z3";
    const callback = await visit.decide("ada", "authorize", { redirect_uri });
    expect(callback.origin + callback.pathname).toBe(redirect_uri);
  });

  it("keeps a state with any characters as it is", async () => {
    const state = `a"<b>&amp;' +%20é`;
    expect((await visit.decide("ada", "authorize", { state })).searchParams.get("state")).toBe(
      state,
    );
  });

  it.each(["ada", "grace", "noemail"] as const)("answers as recorded: %s", async (username) => {
    const token = await visit.obtainToken(username, { scope: recordedScope });
    expect(token).toMatchObject({ expires_in: 28_799, scope: recordedScope });
    expect(token.access_token).toMatch(/^hf_oauth_[0-9a-f]{24}$/);
    const { status, answer } = await visit.readUserinfo(token.access_token);
    expect(status).toBe(200);
    expect(answer).toMatchObject(visit.atHome(recorded[username]));
  });

  it("has somebody without any e-mail claim", async () => {
    const { answer } = await visit.readUserinfo((await visit.obtainToken("noemail")).access_token);
    expect(Object.keys(userinfoAnswer.parse(answer)).toSorted()).toEqual(
      Object.keys(recorded.noemail).toSorted(),
    );
  });

  it("has somebody in two organizations, with single sign-on and a second factor pending in one", async () => {
    const { answer } = await visit.readUserinfo(
      (await visit.obtainToken("katherine", { scope: recordedScope })).access_token,
    );
    expect(answer).toMatchObject({
      sub: expect.stringMatching(/^[0-9a-f]{24}$/),
      orgs: [
        { preferred_username: "orbital-works", roleInOrg: "admin" },
        { roleInOrg: "contributor", pendingSSO: true, missingMFA: true },
      ],
    });
  });

  it("names the organizations, and how somebody stands in them only with read-memberships", async () => {
    const { answer } = await visit.readUserinfo(
      (await visit.obtainToken("katherine")).access_token,
    );
    const { orgs } = z.object({ orgs: z.array(z.looseObject({})) }).parse(answer);
    expect(orgs).toHaveLength(2);
    for (const org of orgs) {
      const known = ["isEnterprise", "name", "picture", "preferred_username", "sub"];
      expect(Object.keys(org).toSorted()).toEqual(known);
    }
  });

  it("tells no more than the scopes allow", async () => {
    const { answer } = await visit.readUserinfo(
      (await visit.obtainToken("ada", { scope: "openid" })).access_token,
    );
    expect(answer).not.toHaveProperty("email");
    expect(answer).not.toHaveProperty("name");
    expect(answer).toHaveProperty("sub", recorded.ada.sub);
  });

  it("gives an ID token that its own discovery document lets one verify", async () => {
    const discovery = await fetch(`${visit.issuer}/.well-known/openid-configuration`);
    const { issuer, jwks_uri } = z
      .object({ issuer: z.string(), jwks_uri: z.string() })
      .parse(await discovery.json());
    expect(issuer).toBe(visit.issuer);
    const { id_token = "" } = await visit.obtainToken("ada", { nonce: "n-0S6" });
    const { payload } = await jwtVerify(id_token, createRemoteJWKSet(new URL(jwks_uri)), {
      issuer,
      audience: client.clientId,
      algorithms: ["RS256"],
      currentDate: new Date(visit.now),
    });
    expect(payload).toMatchObject({ sub: recorded.ada.sub, nonce: "n-0S6", email_verified: true });
    expect(await visit.obtainToken("ada", { scope: "profile" })).not.toHaveProperty("id_token");
  });

  it("sends a refusal back with the state", async () => {
    const callback = await visit.decide("ada", "refuse");
    expect(Object.fromEntries(callback.searchParams)).toEqual({
      error: "access_denied",
      error_description: "The user denied the request",
      state: "q7XSMLmb2HE",
    });
  });
});

describe("GET /oauth/authorize", () => {
  it.each([
    ["redirect_uri", "http://127.0.0.1:3301/callback/connector/../elsewhere"],
    ["redirect_uri", "https://evil.example/"],
    ["redirect_uri", "http://127.0.0.1:3302/callback/"],
    ["redirect_uri", "http://127.0.0.1:3302/callback/../elsewhere"],
    ["redirect_uri", "http://127.0.0.1:3302/callback/a/b"],
    ["client_id", "somebody-else"],
  ])("sends nobody anywhere when %s is %s", async (name, value) => {
    const { status, page } = await visit.open(
      `/oauth/authorize?${requestOf({ [name]: value }).toString()}`,
    );
    expect(status).toBe(400);
    expect(page).toContain("This does not work");
  });

  it.each([
    [{ response_type: "token" }, "unsupported_response_type"],
    [{ scope: "openid everything" }, "invalid_scope"],
    [{ scope: "toString" }, "invalid_scope"],
    [{ code_challenge: "x", code_challenge_method: "plain" }, "invalid_request"],
  ])("tells the application about %o", async (changes: Parameters, error) => {
    const path = `/oauth/authorize?${requestOf(changes).toString()}`;
    const response = await fetch(visit.issuer + path, { redirect: "manual" });
    const { searchParams } = new URL(response.headers.get("location") ?? "");
    expect(searchParams.get("error")).toBe(error);
    expect(searchParams.get("state")).toBe("q7XSMLmb2HE");
  });

  it("serves pages without scripts that say what they are", async () => {
    const response = await fetch(`${visit.issuer}/oauth/authorize?${requestOf().toString()}`);
    expect(response.headers.get("content-security-policy")).toContain("default-src 'none'");
    const page = await response.text();
    expect(page).toContain("Hugging Face stand-in — development only");
    expect(page).not.toMatch(/<script/i);
  });
});
