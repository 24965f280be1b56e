import { createRemoteJWKSet, jwtVerify } from "jose";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { exchange, SignInBrowser } from "./browser.ts";
import { useReceiver } from "./receiver.ts";
import { decodeToken, type Members, pickRecording, readRecordings, Replay } from "./recordings.ts";
import { application, type Running, useStandIn } from "./stand-in.ts";

type Recorded = { name: string; delivery: { contentType: string; token: unknown } };
const recordings: Recorded[] = JSON.parse(JSON.stringify(readRecordings("backchannel-logout")));
const password = "Pass-adam-2026!";

const receiver = useReceiver();
beforeEach(() => {
  receiver.answer = 200;
  receiver.received.splice(0);
});

const backchannel = () => ({ backchannelLogoutUri: `${receiver.url}/backchannel` });

async function signInAndOut(standIn: Running) {
  const browser = new SignInBrowser(standIn);
  const tokens = await exchange(standIn, await browser.signIn("adam", password));
  const signOut = `${standIn.issuer}/session/end?client_id=${application.id}`;
  const end = await browser.submit(await browser.open(signOut));
  const [{ headers, raw } = { headers: {} as Members, raw: "" }] = receiver.received;
  const token = new URLSearchParams(raw).get("logout_token") ?? "";
  return { end, idToken: decodeToken(tokens.id_token).claims, headers, token };
}

describe("back-channel logout", () => {
  const standIn = useStandIn(() => ({
    application: { ...application, ...backchannel() },
  }));
  beforeAll(async () => {
    await standIn.manage("POST", "/users", { username: "adam", password });
  });

  it("is sent as recorded when a person signs out, and names the session of the id_token", async () => {
    const { idToken, headers, token } = await signInAndOut(standIn);
    expect(receiver.received).toHaveLength(1);
    const { delivery } = pickRecording(recordings, "RP-initiated logout");
    expect(headers["content-type"]).toBe(delivery.contentType);
    const replay = new Replay(standIn.endpoint);
    replay.bind("fhroe6h9yube", String(idToken["sub"]));
    expect(replay.compare(token, delivery.token, "logout token")).toEqual([]);
    const { claims } = decodeToken(token);
    expect(claims["sid"]).toBe(idToken["sid"]);
    expect(claims["sid"]).toEqual(expect.any(String));
    expect(Number(claims["exp"]) - Number(claims["iat"])).toBe(120);
    const keys = createRemoteJWKSet(new URL(`${standIn.issuer}/jwks`));
    await jwtVerify(token, keys, { issuer: standIn.issuer, audience: application.id });
  });

  it.each([400, 500, 302, "hang"] as const)(
    "is sent once, and the person is signed out, when the answer is %s",
    async (answer) => {
      receiver.answer = answer;
      const { end } = await signInAndOut(standIn);
      expect(receiver.received).toHaveLength(1);
      expect(end.status).toBe(200);
    },
  );
});
