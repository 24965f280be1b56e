import { beforeAll, describe, expect, it } from "vitest";
import { SignInBrowser, exchange, fetchUserinfo } from "./browser.ts";
import { pickRecording, readRecordings, Replay } from "./recordings.ts";
import { application, useStandIn } from "./stand-in.ts";

const password = "Pass-adam-2026!";

describe("GET /oidc/session/end, as Logto answers it", () => {
  const standIn = useStandIn();
  let browser: SignInBrowser;

  beforeAll(async () => {
    await standIn.manage("POST", "/users", { username: "adam", password });
  });

  it.each(readRecordings("end-session"))("$name", async (recording) => {
    const replay = new Replay(standIn.endpoint);
    expect(await replay.differences(recording)).toEqual([]);
    const page = await (await replay.send(recording.request)).text();
    const parts =
      recording.response.status === 200
        ? ["/session/end/confirm", 'name="xsrf"', 'name="logout"']
        : [];
    expect(parts.filter((part) => !page.includes(part))).toEqual([]);
  });

  it.each([
    [
      "client_id",
      { client_id: application.id, post_logout_redirect_uri: "http://localhost:3000/" },
      "http://localhost:3000/",
    ],
    ["only client_id", { client_id: application.id }, "/oidc/session/end/success"],
    ["nothing", {}, "/oidc/session/end/success"],
  ])("signs a live session out, without JavaScript too (%s)", async (_name, query, end) => {
    browser = new SignInBrowser(standIn);
    const tokens = await exchange(standIn, await browser.signIn("adam", password));
    const page = await browser.open(`${standIn.issuer}/session/end?${new URLSearchParams(query)}`);
    expect(page.html).toContain("submit()");
    expect(page.html).toMatch(/<button[^>]*form="op.logoutForm"/);
    const { url } = await browser.submit(page);
    expect(url.endsWith(end)).toBe(true);
    const silent = await browser.authorize({ prompt: "none" });
    expect(new URL(silent.url).searchParams.get("error")).toBe("login_required");
    // Tokens without offline_access die with the session.
    expect((await fetchUserinfo(standIn, tokens.access_token)).status).toBe(401);
  });

  it("passes `state` on when an id_token_hint names the client", async () => {
    browser = new SignInBrowser(standIn);
    const { id_token: hint } = await exchange(standIn, await browser.signIn("adam", password));
    const query = {
      id_token_hint: hint,
      post_logout_redirect_uri: "http://localhost:3000/",
      state: "xyz",
    };
    const page = await browser.open(`${standIn.issuer}/session/end?${new URLSearchParams(query)}`);
    const [, xsrf = ""] = /name="xsrf" value="([^"]*)"/.exec(page.html) ?? [];
    const answer = await browser.post(`${standIn.issuer}/session/end/confirm`, {
      xsrf,
      logout: "yes",
    });
    expect(answer.status).toBe(303);
    expect(answer.headers.get("location")).toBe("http://localhost:3000/?state=xyz");
  });
});

describe("introspection and revocation, as Logto answers them", () => {
  const standIn = useStandIn();
  const recordings = readRecordings("introspection-revocation");

  beforeAll(async () => {
    await standIn.manage("POST", "/users", { username: "adam", password });
  });

  it("goes the recorded way from an active token to a dead one", async () => {
    const scope =
      "openid offline_access profile email identities custom_data roles " +
      "urn:logto:scope:organizations urn:logto:scope:organization_roles";
    const callback = await new SignInBrowser(standIn).signIn("adam", password, {
      scope,
      prompt: "consent",
    });
    const { access_token: token, refresh_token: refreshToken = "" } = await exchange(
      standIn,
      callback,
    );
    const replay = new Replay(standIn.endpoint);
    const story = [
      "introspect opaque access token",
      "introspect by another client",
      "introspect without client auth",
      "introspect rubbish",
      "revoke rubbish token",
      "revoke without client auth",
      "missing token",
      "revoke access token",
      "userinfo after revocation",
      "introspect after revocation",
    ];
    const differences: string[] = [];
    for (const recording of story.map((name) => pickRecording(recordings, name))) {
      const isUserinfo = recording.request.path === "/oidc/me";
      const isRubbish = recording.request.form?.["token"] === "x";
      const replaced = isUserinfo
        ? { authorization: `Bearer ${token}` }
        : { token: isRubbish ? "x" : token };
      differences.push(...(await replay.differences(recording, replaced)));
    }
    expect(differences).toEqual([]);
    const refresh = await fetch(`${standIn.issuer}/token`, {
      method: "POST",
      headers: { authorization: `Basic ${btoa(`${application.id}:${application.secret}`)}` },
      body: new URLSearchParams({ grant_type: "refresh_token", refresh_token: refreshToken }),
    });
    expect(refresh.status).toBe(400);
  });
});
