import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { type HuggingFaceStandIn, startHuggingFaceStandIn } from "../../dev/hugging-face/server.ts";
import { Browser } from "../support/browser.ts";
import { client, redirectUri, requestOf } from "./hugging-face-visit.ts";

let standIn: HuggingFaceStandIn;

beforeAll(async () => {
  const application = { ...client, name: "The visitor", redirectUris: [redirectUri] };
  standIn = await startHuggingFaceStandIn({ applications: [application], port: 0 });
});
afterAll(() => standIn.stop());

/** Asks with the access token of a person. */
async function ask(path: string, handle: string) {
  const person = standIn.world.findPerson(handle);
  const token = (person && standIn.world.findAccessToken(person)) ?? "unknown";
  const headers = { authorization: `Bearer ${token}` };
  const response = await fetch(new URL(path, standIn.issuer), { headers });
  return {
    status: response.status,
    link: response.headers.get("link"),
    body: await response.json(),
  };
}

const members = "/api/organizations/orbital-works/members";

describe("the API of the Hugging Face stand-in", () => {
  it("names the person of a token, and their organizations", async () => {
    const { body } = await ask("/api/whoami-v2", "mary");
    expect(body).toMatchObject({
      type: "user",
      name: "mary",
      orgs: [{ type: "org", id: "65aa0000000000000000000b", name: "orbital-works" }],
    });
  });

  it("shows the roles of members to members only", async () => {
    const { body } = await ask(members, "mary");
    expect(body).toContainEqual(expect.objectContaining({ user: "katherine", role: "admin" }));
    const { body: told } = await ask(members, "grace");
    expect(told).toHaveLength(3);
    expect(JSON.stringify(told)).not.toContain("role");
  });

  it("lists members page by page", async () => {
    standIn.world.membersPerPage = 2;
    const first = await ask(members, "mary");
    const next = /<([^>]+)>; rel="next"/.exec(first.link ?? "")?.[1] ?? "";
    const last = await ask(next, "mary");
    expect([first.body, last.body]).toMatchObject([{ length: 2 }, { length: 1 }]);
    expect(last.link).toBeNull();
  });

  it("refuses what it does not know", async () => {
    expect((await ask(members, "nobody")).status).toBe(401);
    expect((await ask("/api/organizations/nowhere/members", "mary")).status).toBe(404);
  });
});

describe("the consent of the Hugging Face stand-in", () => {
  it("is asked for once in a browser, for the same scopes, until the person signs out", async () => {
    const browser = new Browser({ stopAt: (url) => url.startsWith(redirectUri) });
    const authorize = (scope: string) =>
      browser.open(`${standIn.issuer}/oauth/authorize?${requestOf({ scope }).toString()}`);
    const request = Object.fromEntries(requestOf({ scope: "openid profile", person: "mary" }));
    const answer = { ...request, decision: "authorize" };
    await browser.post(`${standIn.issuer}/oauth/authorize`, answer);
    const again = await authorize("profile openid");
    expect(new URL(again.url).searchParams.get("code")).toMatch(/^[0-9a-f]{24}$/);
    expect((await authorize("openid profile email")).status).toBe(200);
    await browser.submit(await browser.open(standIn.issuer), {}, "/logout");
    expect((await authorize("openid profile")).status).toBe(200);
  });
});
