import { beforeAll, describe, expect, it } from "vitest";
import { SignInBrowser } from "./browser.ts";
import { pickRecording, readRecordings, Replay } from "./recordings.ts";
import { application, requestToken, useStandIn } from "./stand-in.ts";

describe("applications, as Logto's Management API answers", () => {
  const standIn = useStandIn();

  it("go the recorded way, answer by answer", async () => {
    const replay = new Replay(standIn.endpoint, await standIn.managementToken());
    expect(await replay.play(readRecordings("management-applications"))).toEqual([]);
  });
});

describe("what makes a fresh Logto ready", () => {
  // The recorded server had one machine, and a connector for mail by which it sent none.
  const bootstrap = { id: "contractm2mapp0000001", secret: "to begin with" };
  const standIn = useStandIn(() => ({
    application: undefined,
    machineToMachine: bootstrap,
    huggingFace: { issuer: "http://127.0.0.1:9" },
    mail: { host: "127.0.0.1", port: 9, fromEmail: "logto@example.test" },
  }));

  it("goes the recorded way, answer by answer", async () => {
    await standIn.query("update applications set name = $1", ["bootstrap-m2m"]);
    const token = await requestToken(standIn.issuer, bootstrap);
    const replay = new Replay(standIn.endpoint, token.access_token);
    const recordings = readRecordings("provisioning");
    // Of a connector, the recorded id happens to have no digit.
    const connector = pickRecording(recordings, "create Hugging Face connector");
    Object.assign(connector.response.body ?? {}, { id: "ilrvrtxrut1o" });
    expect(await replay.play(recordings)).toEqual([]);
  });
});

describe("an application made by the Management API", () => {
  const standIn = useStandIn();
  let id: string;
  let secret: unknown;

  beforeAll(async () => {
    const { body } = await standIn.manage("POST", "/applications", {
      name: "Another",
      type: "Traditional",
      oidcClientMetadata: {
        redirectUris: ["http://localhost:3000/another"],
        postLogoutRedirectUris: [],
      },
    });
    id = body.id;
    const secrets = await standIn.list(`/applications/${id}/secrets`);
    secret = secrets.items[0]?.["value"];
    await standIn.manage("POST", "/users", { username: "ann", password: "open sesame" });
  });

  async function signIn(redirectUri: string) {
    const browser = new SignInBrowser(standIn);
    const page = await browser.authorize({ client_id: id, redirect_uri: redirectUri });
    return { browser, page };
  }

  it("is signed in through at once, with any of its secrets that has not expired", async () => {
    const redirectUri = "http://localhost:3000/another";
    await standIn.manage("POST", `/applications/${id}/secrets`, { name: "second" });
    await standIn.manage("POST", `/applications/${id}/secrets`, { name: "old", expiresAt: 1 });
    const secrets = await standIn.list(`/applications/${id}/secrets`);
    const statuses = [];
    for (const { value } of [...secrets.items, { value: "wrong" }]) {
      const { browser, page } = await signIn(redirectUri);
      const fields = { identifier: "ann", password: "open sesame" };
      const { code, verifier } = browser.readCallback(await browser.submit(page, fields));
      const response = await fetch(`${standIn.issuer}/token`, {
        method: "POST",
        headers: { authorization: `Basic ${btoa(`${id}:${String(value)}`)}` },
        body: new URLSearchParams({
          grant_type: "authorization_code",
          code,
          code_verifier: verifier,
          redirect_uri: redirectUri,
        }),
      });
      statuses.push(response.status);
    }
    expect(secrets.items.map(({ name }) => name)).toEqual(["Default secret", "old", "second"]);
    expect(statuses).toEqual([200, 401, 200, 401]);
  });

  it("keeps its secret after a restart, and the given application keeps what was added", async () => {
    await standIn.manage("PATCH", `/applications/${application.id}`, {
      oidcClientMetadata: {
        redirectUris: [],
        postLogoutRedirectUris: [],
        backchannelLogoutUri: "http://localhost:3000/back-channel-logout",
      },
      customData: { mark: "kept" },
    });
    await standIn.restart();
    const secrets = await standIn.list(`/applications/${id}/secrets`);
    expect(secrets.items[0]?.["value"]).toBe(secret);
    const { body } = await standIn.manage("GET", `/applications/${application.id}`);
    expect(body).toMatchObject({
      customData: { mark: "kept" },
      oidcClientMetadata: {
        redirectUris: application.redirectUris,
        backchannelLogoutUri: "http://localhost:3000/back-channel-logout",
      },
    });
  });
});
