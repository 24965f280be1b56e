import { describe, expect, it } from "vitest";
import { SignInBrowser, everyScope, exchange } from "./browser.ts";
import { readRecordings, Replay } from "./recordings.ts";
import { useStandIn } from "./stand-in.ts";

describe("GET /oidc/auth, as Logto answers it", () => {
  const standIn = useStandIn();

  it.each(readRecordings("authorize"))("$name", async (recording) => {
    expect(await new Replay(standIn.endpoint).differences(recording)).toEqual([]);
  });
});

describe("the grants of a sign-in", () => {
  const standIn = useStandIn();
  const password = "Pass-olivia-2026!";

  it.each([
    ["consent", true],
    ["login consent", true],
    ["login", false],
    [undefined, false],
  ])("prompt=%s and offline_access: refresh token %s", async (prompt, isIssued) => {
    const username = `olivia_${String(prompt).replace(" ", "_")}`;
    await standIn.manage("POST", "/users", { username, password });
    const scope = `openid offline_access ${everyScope.slice("openid ".length)}`;
    const callback = await new SignInBrowser(standIn).signIn(username, password, {
      scope,
      ...(prompt === undefined ? {} : { prompt }),
    });
    expect([...callback.url.searchParams.keys()]).toEqual(["code", "state", "iss"]);
    const tokens = await exchange(standIn, callback);
    expect(tokens.scope).toBe(isIssued ? scope : everyScope);
    expect(typeof tokens.refresh_token).toBe(isIssued ? "string" : "undefined");
  });

  it("are refused with access_denied, after the sign-in, when no scope was asked for", async () => {
    await standIn.manage("POST", "/users", { username: "scopeless", password });
    const browser = new SignInBrowser(standIn);
    const page = await browser.authorize({ scope: "", state: "st-1" });
    const { url } = await browser.submit(page, { identifier: "scopeless", password });
    const iss = encodeURIComponent(standIn.issuer);
    expect(url).toBe(`http://localhost:3000/callback?error=access_denied&state=st-1&iss=${iss}`);
  });
});
