import { beforeAll, describe, expect, it } from "vitest";
import { SignInBrowser, everyScope, exchange } from "./browser.ts";
import { decodeToken, pickRecording, type Members, readRecordings, Replay } from "./recordings.ts";
import { application, useStandIn } from "./stand-in.ts";

type ClaimsRecording = { name: string; claims: Members };
const recordings = readRecordings("userinfo");
const claims: ClaimsRecording[] = JSON.parse(JSON.stringify(recordings));

const scopes: [string, string][] = [
  ["full scope set", everyScope],
  ["openid only", "openid"],
  ["openid profile", "openid profile"],
  ["openid email", "openid email"],
  ["openid phone", "openid phone"],
  ["openid identities", "openid identities"],
  ["openid custom_data", "openid custom_data"],
  ["openid roles", "openid roles"],
  ["openid + organizations", "openid urn:logto:scope:organizations"],
  ["openid + organization_roles", "openid urn:logto:scope:organization_roles"],
  ["openid address", "openid address"],
  ["openid sessions scope", "openid urn:logto:scope:sessions"],
];

describe("claims, as Logto makes them", () => {
  const standIn = useStandIn();
  let browser: SignInBrowser;
  let replay: Replay;

  beforeAll(async () => {
    const { body: adam } = await standIn.manage("POST", "/users", {
      username: "adam",
      password: "Pass-adam-2026!",
      name: "Adam Smith",
      primaryEmail: "adam@acme.test",
      avatar: "https://img.example/adam.png",
      customData: { theme: "dark", onboarded: true },
      profile: {
        familyName: "Smith",
        givenName: "Adam",
        zoneinfo: "Europe/London",
        locale: "en-GB",
        address: { country: "UK" },
      },
    });
    const acme = { name: "Acme", description: "First tenant" };
    const { body: organization } = await standIn.manage("POST", "/organizations", acme);
    await standIn.manage("POST", "/organization-roles", { name: "admin" });
    const users = `/organizations/${organization.id}/users`;
    await standIn.manage("POST", users, { userIds: [adam.id] });
    await standIn.manage("PUT", `${users}/${adam.id}/roles`, { organizationRoleNames: ["admin"] });
    replay = new Replay(standIn.endpoint);
    replay.bind("fhroe6h9yube", adam.id);
    replay.bind("v0r1r27s5no3", organization.id);
    browser = new SignInBrowser(standIn);
    await browser.signIn("adam", "Pass-adam-2026!");
  });

  const getTokens = async (scope: string) =>
    exchange(standIn, browser.readCallback(await browser.authorize({ scope })));

  async function differences(name: string, token: string): Promise<string[]> {
    return replay.differences(pickRecording(recordings, name), {
      authorization: `Bearer ${token}`,
    });
  }

  it.each(scopes)("userinfo and id_token: %s", async (name, scope) => {
    const tokens = await getTokens(scope);
    expect(await differences(`userinfo: ${name}`, tokens.access_token)).toEqual([]);
    const { header, claims: actual } = decodeToken(tokens.id_token);
    expect(header).toEqual({ alg: "ES384", kid: expect.stringMatching(/^[\w-]{43}$/) });
    const recorded = pickRecording(claims, `id_token claims: ${name}`).claims;
    expect(replay.compare(actual, recorded, "id_token")).toEqual([]);
    expect(Number(actual["exp"]) - Number(actual["iat"])).toBe(3600);
    expect(actual["aud"]).toBe(application.id);
  });

  it.each(["no token", "bad token", "token in query string"])("%s", async (name) => {
    expect(await replay.differences(pickRecording(recordings, name))).toEqual([]);
  });

  it("token without openid scope", async () => {
    const tokens = await getTokens("profile");
    expect(await differences("token without openid scope", tokens.access_token)).toEqual([]);
  });
});
