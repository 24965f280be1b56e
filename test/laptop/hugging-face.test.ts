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
} from "./hugging-face-visit.ts";

const visit = new HuggingFaceVisit();
beforeAll(() => visit.start());
afterAll(() => visit.stop());

describe("a sign-in with Hugging Face", () => {
  it("leads from the choice of a person and the consent to the code, with the state", async () => {
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

  it.each(["ada", "grace", "noemail"] as const)("answers as recorded: %s", async (username) => {
    const token = await visit.obtainToken(username, { scope: recordedScope });
    expect(token).toMatchObject({ expires_in: 28_799, scope: recordedScope });
    expect(token.access_token).toMatch(/^hf_oauth_[0-9a-f]{24}$/);
    const { status, answer } = await visit.readUserinfo(token.access_token);
    expect(status).toBe(200);
    expect(answer).toMatchObject(visit.atHome(recorded[username]));
  });

  it("has a person in two organizations, with single sign-on and a second factor pending in one", async () => {
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

  it("names the organizations, and the roles only with read-memberships", async () => {
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
});
