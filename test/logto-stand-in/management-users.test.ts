import { beforeAll, describe, expect, it } from "vitest";
import { SignInBrowser, exchange, fetchUserinfo } from "./browser.ts";
import { readRecordings, Replay } from "./recordings.ts";
import { useStandIn } from "./stand-in.ts";

describe("users, as Logto's Management API answers", () => {
  const standIn = useStandIn();
  let replay: Replay;

  beforeAll(async () => {
    await standIn.manage("POST", "/users", {
      username: "olivia",
      primaryEmail: "olivia@acme.test",
    });
    replay = new Replay(standIn.endpoint, await standIn.managementToken());
  });

  it("go the recorded way, answer by answer", async () => {
    expect(await replay.play(readRecordings("management-users"))).toEqual([]);
  });
});

describe("a user suspended or deleted", () => {
  const standIn = useStandIn();
  const password = "Pass-mia-2026!";

  it.each(["suspended", "deleted"])("%s: session and tokens die at once", async (what) => {
    const { body: mia } = await standIn.manage("POST", "/users", {
      username: `mia_${what}`,
      password,
    });
    const browser = new SignInBrowser(standIn);
    const tokens = await exchange(standIn, await browser.signIn(`mia_${what}`, password));
    const unspent = browser.readCallback(await browser.authorize());
    if (what === "deleted") await standIn.manage("DELETE", `/users/${mia.id}`);
    else await standIn.manage("PATCH", `/users/${mia.id}/is-suspended`, { isSuspended: true });

    expect((await fetchUserinfo(standIn, tokens.access_token)).status).toBe(401);
    expect(await exchange(standIn, unspent)).toMatchObject({ status: 400, error: "invalid_grant" });
    const silent = await browser.authorize({ prompt: "none" });
    expect(new URL(silent.url).searchParams.get("error")).toBe("login_required");

    if (what === "deleted") return;
    const page = await browser.submit(await browser.authorize(), {
      identifier: `mia_${what}`,
      password,
    });
    expect(page).toMatchObject({
      status: 401,
      html: expect.stringContaining("This account is suspended."),
    });
    // Re-activation does not revive what died.
    await standIn.manage("PATCH", `/users/${mia.id}/is-suspended`, { isSuspended: false });
    expect((await fetchUserinfo(standIn, tokens.access_token)).status).toBe(401);
    const again = await exchange(standIn, await browser.signIn(`mia_${what}`, password));
    expect(again.status).toBe(200);
  });

  it("while signing in is asked to sign in again, not shown an error", async () => {
    const { body: nora } = await standIn.manage("POST", "/users", { username: "nora", password });
    const browser = new SignInBrowser(standIn);
    await browser.signIn("nora", password);
    // The row alone: as if the session had been read a moment before the suspension.
    await standIn.query("update users set is_suspended = true where id = $1", [nora.id]);
    const page = await browser.authorize();
    expect(page).toMatchObject({
      status: 200,
      html: expect.stringContaining("Sign in to your account"),
    });
  });
});
