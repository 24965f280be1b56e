import { expect, it } from "vitest";
import { everyScope, exchange, fetchUserinfo, SignInBrowser } from "./browser.ts";
import { useReceiver } from "./receiver.ts";
import { pickRecording, readRecordings, Replay } from "./recordings.ts";
import { application, type Running, useStandIn } from "./stand-in.ts";

type Effect = {
  name: string;
  after: { userinfo: object; refresh: object; promptNone: string };
};
const recordings: (Effect & { body: unknown })[] = JSON.parse(
  JSON.stringify(readRecordings("effects-on-issued-tokens")),
);

const receiver = useReceiver();
const standIn = useStandIn(() => ({
  application: { ...application, backchannelLogoutUri: `${receiver.url}/backchannel` },
}));

async function endSession(userId: string, query: string): Promise<void> {
  const { body } = await standIn.manage("GET", `/users/${userId}/sessions`);
  const [session] = body["sessions"] as { payload: { uid: string } }[];
  const path = `/users/${userId}/sessions/${session?.payload.uid}`;
  expect((await standIn.manage("DELETE", path + query)).status).toBe(204);
  expect((await standIn.manage("DELETE", path + query)).status).toBe(404);
}

const suspend = (id: string, isSuspended: boolean) =>
  standIn.manage("PATCH", `/users/${id}/is-suspended`, { isSuspended });

const changes: Record<string, (id: string) => Promise<unknown>> = {
  "user suspended": (id) => suspend(id, true),
  "user suspended and re-activated": async (id) => {
    await suspend(id, true);
    await suspend(id, false);
  },
  "user deleted": (id) => standIn.manage("DELETE", `/users/${id}`),
  "password changed by management API": (id) =>
    standIn.manage("PATCH", `/users/${id}/password`, { password: "Another-2026" }),
  "primary email changed": (id) =>
    standIn.manage("PATCH", `/users/${id}`, { primaryEmail: `${id}@moved.test` }),
  "session deleted by management API": (id) => endSession(id, ""),
  "session deleted with revokeGrantsTarget=all": (id) => endSession(id, "?revokeGrantsTarget=all"),
};

it.each(Object.keys(changes))(
  "%s: earlier tokens and sessions end or stay as recorded, without a back-channel logout",
  async (name) => {
    const { userId, browser, tokens } = await signInNewUser(standIn);
    await changes[name]?.(userId);
    const userinfo = await fetchUserinfo(standIn, tokens.access_token);
    const refresh = await fetch(`${standIn.issuer}/token`, {
      method: "POST",
      headers: { authorization: `Basic ${btoa(`${application.id}:${application.secret}`)}` },
      body: new URLSearchParams({
        grant_type: "refresh_token",
        refresh_token: tokens.refresh_token ?? "",
      }),
    });
    const silent = new URL((await browser.authorize({ prompt: "none" })).url).searchParams;
    const { after } = pickRecording(recordings, name);
    expect(userinfo).toMatchObject(after.userinfo);
    expect({ status: refresh.status, ...(await refresh.json()) }).toMatchObject(after.refresh);
    expect(silent.has("code") ? "code issued" : silent.get("error")).toBe(after.promptNone);
    expect(receiver.received).toEqual([]);
  },
);

it("a user's sessions are listed as recorded, except for how the user signed in", async () => {
  const { userId } = await signInNewUser(standIn);
  const { body } = await standIn.manage("GET", `/users/${userId}/sessions`);
  const { body: recorded } = pickRecording(recordings, "GET /api/users/{id}/sessions body");
  const replay = new Replay(standIn.endpoint, "", ["lastSubmission"]);
  replay.bind("5r2jg0nc1nq9", userId);
  expect(replay.compare(body, recorded, "sessions")).toEqual([]);
});

let count = 0;

/** Makes a user and signs them in, with a refresh token. */
async function signInNewUser(running: Running) {
  count += 1;
  const account = { username: `effect_${count}`, password: "Effect-2026" };
  const { body: user } = await running.manage("POST", "/users", account);
  const browser = new SignInBrowser(running);
  const callback = await browser.signIn(account.username, account.password, {
    scope: `${everyScope} offline_access`,
    prompt: "consent",
  });
  return { userId: user.id, browser, tokens: await exchange(running, callback) };
}
