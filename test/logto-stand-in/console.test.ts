import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { SignInBrowser, exchange, fetchUserinfo } from "./browser.ts";
import { application, useStandIn } from "./stand-in.ts";

describe("the console of the stand-in", () => {
  // Before the first start: the library prints each of its notices only once per process.
  const printed = (["log", "info", "warn", "error"] as const).map((level) =>
    vi.spyOn(console, level).mockImplementation(() => {}),
  );
  afterAll(() => printed.forEach((spy) => spy.mockRestore()));
  const standIn = useStandIn();
  const password = "Pass-quiet-2026!";

  beforeAll(async () => {
    await standIn.manage("POST", "/users", { username: "quiet", password });
  });

  it("shows no output of oidc-provider, for any endpoint", async () => {
    const browser = new SignInBrowser(standIn);
    const scope = "openid offline_access profile";
    const callback = await browser.signIn("quiet", password, { scope, prompt: "consent" });
    const tokens = await exchange(standIn, callback);
    await fetchUserinfo(standIn, tokens.access_token);
    const authorization = `Basic ${btoa(`${application.id}:${application.secret}`)}`;
    for (const [path, form] of [
      ["token", { grant_type: "refresh_token", refresh_token: tokens.refresh_token ?? "" }],
      ["token/introspection", { token: tokens.access_token }],
      ["token/revocation", { token: tokens.access_token }],
      ["request", { client_id: application.id, response_type: "code", scope: "openid" }],
      ["device/auth", { client_id: application.id, scope: "openid" }],
    ] as const) {
      const headers = { authorization, origin: "http://localhost:3000" };
      await fetch(`${standIn.issuer}/${path}`, {
        method: "POST",
        headers,
        body: new URLSearchParams(form),
      });
    }
    await fetch(`${standIn.issuer}/auth?client_id=nobody`, { headers: { accept: "text/html" } });
    await browser.open(`${standIn.issuer}/device`);
    await browser.submit(await browser.open(`${standIn.issuer}/session/end`));
    expect(printed.flatMap((spy) => spy.mock.calls)).toEqual([]);
  });
});
