import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import recorded from "../fixtures/hugging-face-userinfo.json" with { type: "json" };
import { HuggingFaceVisit, recordedScope, requestOf } from "./hugging-face-visit.ts";

const visit = new HuggingFaceVisit();
beforeAll(() => visit.start());
afterAll(() => visit.stop());

describe("a sign-in with Hugging Face", () => {
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
});

describe("GET /oauth/authorize", () => {
  it.each([
    ["redirect_uri", "http://127.0.0.1:3301/callback/connector/../elsewhere"],
    ["redirect_uri", "https://evil.example/"],
    ["redirect_uri", "http://127.0.0.1:3302/callback/"],
    ["redirect_uri", "http://127.0.0.1:3302/callback/../elsewhere"],
    ["redirect_uri", "http://127.0.0.1:3302/callback/a/b"],
    ["client_id", "someone-else"],
  ])("sends nobody anywhere when %s is %s", async (name, value) => {
    const { status, page } = await visit.open(
      `/oauth/authorize?${requestOf({ [name]: value }).toString()}`,
    );
    expect(status).toBe(400);
    expect(page).toContain("This does not work");
  });
});
