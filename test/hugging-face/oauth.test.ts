import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";

import { createHuggingFaceOAuth } from "../../src/hugging-face/oauth.ts";
import { attempt } from "../support/acting.ts";
import {
  baseUrl,
  client,
  type Fault,
  type FaultyHuggingFace,
  startFaultyHuggingFace,
} from "./faulty-hugging-face.ts";

let huggingFace: FaultyHuggingFace;
const lines: object[] = [];

beforeAll(async () => {
  huggingFace = await startFaultyHuggingFace();
  // The first token takes it long: it has to make its key.
  const { complete } = await reachCallback("katherine", create({ timeoutSeconds: 15 }));
  await complete();
});
afterEach(() => {
  huggingFace.faults.clear();
  lines.length = 0;
});
afterAll(() => huggingFace.stop());

const create = (change: Partial<Parameters<typeof createHuggingFaceOAuth>[0]> = {}) =>
  createHuggingFaceOAuth({
    endpoint: huggingFace.issuer,
    client,
    baseUrl,
    timeoutSeconds: 1,
    logger: { warn: (fields) => lines.push(fields) },
    ...change,
  });

const wish = { asksAddress: false };

/** Goes up to the callback. */
async function reachCallback(handle = "katherine", oauth = create()) {
  const { url, secrets } = await oauth.begin(wish);
  const query = await huggingFace.authorize(url, handle);
  return { oauth, query, secrets, complete: () => oauth.complete(query, secrets) };
}

const discovery = "/.well-known/openid-configuration";
const json =
  (change: (answer: Record<string, unknown>) => object): Fault =>
  (answer) => ({
    ...answer,
    body: JSON.stringify(change(JSON.parse(answer.body))),
  });

const unavailable = "hugging_face.unavailable";
const untrusted = "hugging_face.untrusted_answer";

describe("the OAuth client for Hugging Face", () => {
  it("reads the account and its organizations", async () => {
    const { complete } = await reachCallback();
    expect(await complete()).toEqual({
      subject: "64f0a1b2c3d4e5f60718293d",
      handle: "katherine",
      name: "Katherine Johnson",
      email: null,
      emailVerified: false,
      places: [
        {
          id: "65aa0000000000000000000b",
          name: "Orbital Works",
          handle: "orbital-works",
          role: "admin",
          isActive: true,
        },
        {
          id: "65aa0000000000000000000a",
          name: "Analytical",
          handle: "analytical",
          role: "contributor",
          isActive: false,
        },
      ],
    });
    expect(lines).toEqual([]);
  });

  it("sends nobody there during an outage", async () => {
    const oauth = create();
    await oauth.begin(wish);
    huggingFace.faults.set(discovery, { status: 500 });
    expect(await attempt(oauth.begin(wish))).toBe(unavailable);
    huggingFace.faults.clear();
    await oauth.begin(wish);
  });

  it("asks for the email address if it is told to", async () => {
    const { url } = await create().begin({ asksAddress: true });
    const scope = new URL(url).searchParams.get("scope");
    expect(scope).toBe("openid profile email read-memberships");
  });

  it("makes a new state, nonce and verifier each time", async () => {
    const oauth = create();
    const attempts = await Promise.all([oauth.begin(wish), oauth.begin(wish)]);
    const values = attempts.flatMap(({ secrets }) => Object.values(secrets));
    expect(new Set(values).size).toBe(6);
    for (const { url, secrets } of attempts) expect(url).not.toContain(secrets.codeVerifier);
  });

  it.each<[string, Fault, string]>([
    ["is silent", "silence", unavailable],
    ["breaks the connection", "broken", unavailable],
    ["fails", { status: 500 }, unavailable],
    ["is behind something that fails", { status: 503, type: "text/html", body: "x" }, unavailable],
    ["is a page", { type: "text/html", body: "<html>" }, untrusted],
    ["is not JSON", { body: "{" }, untrusted],
    ["is of another issuer", json((answer) => ({ ...answer, issuer: "http://x" })), untrusted],
  ])("refuses to begin if the discovery %s", async (_case, fault, code) => {
    huggingFace.faults.set(discovery, fault);
    expect(await attempt(create().begin(wish))).toBe(code);
  });

  it("reports that nobody answers", async () => {
    expect(await attempt(create({ endpoint: "http://127.0.0.1:9" }).begin(wish))).toBe(unavailable);
  });

  it.each<[string, string, Fault, string]>([
    ["the token endpoint", "/oauth/token", "silence", unavailable],
    ["the token endpoint", "/oauth/token", "broken", unavailable],
    ["the token endpoint", "/oauth/token", { status: 502, type: "text/html" }, unavailable],
    ["the token endpoint", "/oauth/token", { type: "text/html", body: "<html>" }, untrusted],
    [
      "the token endpoint",
      "/oauth/token",
      json(({ id_token: _idToken, ...rest }) => rest),
      untrusted,
    ],
    ["the token endpoint", "/oauth/token", json((all) => ({ ...all, id_token: "x" })), untrusted],
    ["userinfo", "/oauth/userinfo", { status: 500 }, unavailable],
    ["userinfo", "/oauth/userinfo", { status: 401 }, untrusted],
    ["userinfo", "/oauth/userinfo", { body: "null" }, untrusted],
    ["userinfo", "/oauth/userinfo", json((all) => ({ ...all, sub: "another" })), untrusted],
  ])("refuses what %s (%s) answers: %#", async (_name, path, fault, code) => {
    const { complete } = await reachCallback();
    huggingFace.faults.set(path, fault);
    expect(await attempt(complete())).toBe(code);
    expect(lines).toHaveLength(1);
  });

  it("treats malformed orgs as none", async () => {
    const { complete } = await reachCallback();
    const fault = json((answer) => ({ ...answer, orgs: { sub: "x" } }));
    huggingFace.faults.set("/oauth/userinfo", fault);
    expect(await complete()).toMatchObject({ places: [] });
  });

  it.each([
    ["state", { state: "another" }, untrusted],
    ["nonce", { nonce: "another" }, untrusted],
    ["code verifier", { codeVerifier: "another".repeat(7) }, "hugging_face.spent"],
  ])("refuses an answer that belongs to another %s", async (_name, change, code) => {
    const { oauth, query, secrets } = await reachCallback();
    expect(await attempt(oauth.complete(query, { ...secrets, ...change }))).toBe(code);
  });

  it("refuses a used code, and a query that is no answer", async () => {
    const { oauth, query, secrets, complete } = await reachCallback();
    await complete();
    expect(await attempt(complete())).toBe("hugging_face.spent");
    const { state } = secrets;
    expect(await attempt(oauth.complete(`state=${state}`, secrets))).toBe(untrusted);
    expect(await attempt(oauth.complete(`${query}&${query}`, secrets))).toBe(untrusted);
    expect(await attempt(oauth.complete("", secrets))).toBe(untrusted);
  });

  it("reports a refusal there", async () => {
    const { oauth, secrets } = await reachCallback();
    const query = `error=access_denied&error_description=x&state=${secrets.state}`;
    expect(await attempt(oauth.complete(query, secrets))).toBe("hugging_face.denied");
  });

  it("is refused with a wrong secret", async () => {
    const { query, secrets } = await reachCallback();
    const oauth = create({ client: { ...client, secret: "wrong" } });
    expect(await attempt(oauth.complete(query, secrets))).toBe("hugging_face.client_refused");
  });

  it("logs a fixed word for the fault, and nothing from the wire", async () => {
    const { query, secrets, complete } = await reachCallback();
    huggingFace.faults.set(
      "/oauth/userinfo",
      json((answer) => ({ ...answer, sub: "someone-else-altogether" })),
    );
    expect(await attempt(complete())).toBe(untrusted);
    const logged = JSON.stringify(lines);
    expect(logged).toContain("OAUTH_");
    for (const secret of [...new URLSearchParams(query).values(), ...Object.values(secrets)])
      expect(logged).not.toContain(secret);
    expect(logged).not.toMatch(/hf_oauth_|someone-else|katherine/);
  });
});
