import { beforeAll, describe, expect, it } from "vitest";
import { SignInBrowser, type Callback, everyScope, exchange, fetchUserinfo } from "./browser.ts";
import { pickRecording, type Recording, readRecordings, Replay } from "./recordings.ts";
import { useStandIn } from "./stand-in.ts";

const recordings = readRecordings("token");
const offline = {
  prompt: "consent",
  scope: `openid offline_access ${everyScope.slice("openid ".length)}`,
};

describe("POST /oidc/token with an authorization code, as Logto answers it", () => {
  const standIn = useStandIn();
  const password = "Pass-olivia-2026!";
  let browser: SignInBrowser;
  let replay: Replay;

  beforeAll(async () => {
    const olivia = {
      username: "olivia",
      password,
      name: "Olivia",
      primaryEmail: "olivia@acme.test",
    };
    const { body: user } = await standIn.manage("POST", "/users", olivia);
    replay = new Replay(standIn.endpoint);
    replay.bind("sakj9v54p6jh", user.id);
    for (const [recordedId, name, role] of [
      ["hg4u5lk735gr", "Globex", "member"],
      ["v0r1r27s5no3", "Acme", "owner"],
    ] as const) {
      const { body: organization } = await standIn.manage("POST", "/organizations", { name });
      replay.bind(recordedId, organization.id);
      await standIn.manage("POST", "/organization-roles", { name: role });
      const users = `/organizations/${organization.id}/users`;
      await standIn.manage("POST", users, { userIds: [user.id] });
      await standIn.manage("PUT", `${users}/${user.id}/roles`, { organizationRoleNames: [role] });
    }
    browser = new SignInBrowser(standIn);
    await browser.signIn("olivia", password, offline);
  });

  /** The session lives: no page is shown. */
  async function getCode(parameters: Record<string, string> = offline): Promise<Callback> {
    return browser.readCallback(await browser.authorize(parameters));
  }

  /** How the answer differs from the recorded one when this code (or none) is redeemed. */
  async function differences(name: string, callback?: Partial<Callback>): Promise<string[]> {
    const replaced = { code: callback?.code ?? "", code_verifier: callback?.verifier ?? "" };
    return replay.differences(sortOrganizations(pickRecording(recordings, name)), replaced);
  }

  /** Organizations are claimed in the order of their ids, which are made at random. */
  function sortOrganizations(recording: Recording): Recording {
    if (replay.idFor("hg4u5lk735gr") < replay.idFor("v0r1r27s5no3")) return recording;
    const text = JSON.stringify(recording)
      .replaceAll('"hg4u5lk735gr","v0r1r27s5no3"', '"v0r1r27s5no3","hg4u5lk735gr"')
      .replaceAll(
        '"hg4u5lk735gr:member","v0r1r27s5no3:owner"',
        '"v0r1r27s5no3:owner","hg4u5lk735gr:member"',
      );
    return JSON.parse(text);
  }

  it.each([
    "success with client_secret_basic (what @logto/node sends)",
    "success with client_secret_post",
    "success with basic only, no client_id in body",
    "missing redirect_uri",
    "organization_id at code exchange",
  ])("%s", async (name) => {
    expect(await differences(name, await getCode())).toEqual([]);
  });

  it.each([
    [
      "unknown scope in authorize: silently dropped",
      { ...offline, scope: `${offline.scope} read:nonsense` },
    ],
    ["nonce is echoed in id_token", { ...offline, nonce: "nonce-abc" }],
    ["max_age given: auth_time in id_token?", { ...offline, max_age: "3600" }],
    ["scope openid only", { scope: "openid" }],
    ["scope without openid: no id_token", { scope: "profile" }],
  ])("%s", async (name, parameters) => {
    expect(await differences(name, await getCode(parameters))).toEqual([]);
  });

  it("a code used twice revokes the tokens of its first use", async () => {
    const callback = await getCode();
    const tokens = await exchange(standIn, callback);
    expect((await fetchUserinfo(standIn, tokens.access_token)).status).toBe(200);
    expect(await differences("same code a second time", callback)).toEqual([]);
    const authorization = `Bearer ${tokens.access_token}`;
    const name = "access token of the first exchange after code reuse";
    expect(await replay.differences(pickRecording(recordings, name), { authorization })).toEqual(
      [],
    );
  });

  it("a wrong verifier does not spend the code", async () => {
    const callback = await getCode();
    expect(
      await differences("wrong code_verifier", { code: callback.code, verifier: "x".repeat(43) }),
    ).toEqual([]);
    expect(await differences("right verifier after a wrong one (same code)", callback)).toEqual([]);
  });

  it("failed client authentication does not spend the code", async () => {
    const callback = await getCode();
    for (const name of [
      "wrong client secret",
      "no client authentication",
      "unknown client",
      "client_id in body differs from basic",
      "both basic and post credentials",
      "another client (m2m) tries the code",
    ]) {
      expect(await differences(name, callback)).toEqual([]);
    }
    expect(
      await differences("code still valid after failed client authentication", callback),
    ).toEqual([]);
  });

  it.each([
    "missing code_verifier",
    "wrong redirect_uri",
    "unknown code",
    "missing code",
    "missing grant_type",
    "unsupported grant_type",
    "empty body",
    "malformed basic header",
  ])("%s", async (name) => {
    const code = name === "unknown code" ? {} : await getCode();
    expect(await differences(name, code)).toEqual([]);
  });

  it("a verifier is refused after an authorization without PKCE", async () => {
    const query = { code_challenge: "", code_challenge_method: "" };
    const { code } = await getCode({ ...offline, ...query });
    expect(
      await differences("authorization without PKCE, exchange with a verifier", {
        code,
        verifier: "v".repeat(43),
      }),
    ).toEqual([]);
  });

  it("code redeemed 62 s after issue", async () => {
    const callback = await getCode();
    await standIn.query(
      `update oidc_models set payload = payload || jsonb_build_object('exp', (payload->>'exp')::int - 62)
       where model = 'AuthorizationCode' and id = $1`,
      [callback.code],
    );
    expect(await differences("code redeemed 62 s after issue", callback)).toEqual([]);
  });
});
