import { createRemoteJWKSet, jwtVerify } from "jose";
import { afterEach, describe, expect, it } from "vitest";
import type { Fault } from "../../dev/logto/faults.ts";
import { exchange, SignInBrowser } from "./browser.ts";
import { decodeToken } from "./recordings.ts";
import { requestToken, useStandIn } from "./stand-in.ts";

const standIn = useStandIn();
afterEach(() => standIn.faults.clear());

/** Asks for organizations, waiting no longer than `timeoutMs` milliseconds. */
async function ask(path = "/organizations", init: RequestInit = {}, timeoutMs = 5_000) {
  return fetch(`${standIn.endpoint}/api${path}`, {
    ...init,
    headers: {
      authorization: `Bearer ${await standIn.managementToken()}`,
      "content-type": "application/json",
    },
    signal: AbortSignal.timeout(timeoutMs),
  });
}

const create = (name: string) =>
  ask("/organizations", { method: "POST", body: JSON.stringify({ name }) });

async function names(): Promise<unknown[]> {
  standIn.faults.clear();
  return (await standIn.list("/organizations?page_size=100")).items.map(({ name }) => name);
}

describe("a fault on demand", () => {
  it.each([
    ["html", /^<!doctype html>/],
    ["truncated", /^\{"id":"abc","name":"Ac$/],
    ["huge", /^"x{1000}/],
  ] as const)("garbage: %s with status 200", async (body, pattern) => {
    await standIn.managementToken();
    standIn.faults.set({ kind: "garbage", body });
    const answer = await ask();
    const text = await answer.text();
    expect(answer.status).toBe(200);
    expect(text).toMatch(pattern);
    expect(text.length > 10_000_000).toBe(body === "huge");
  });

  it("strikes only the given requests, and only as often as given", async () => {
    await standIn.managementToken();
    standIn.faults.set({
      kind: "status",
      status: 500,
      paths: "/api/users",
      methods: ["POST"],
      times: 2,
    });
    expect((await ask("/users")).status).toBe(200);
    expect((await create("Beside it")).status).toBe(201);
    const post = () => ask("/users", { method: "POST", body: "{}" });
    expect([(await post()).status, (await post()).status, (await post()).status]).toEqual([
      500, 500, 200,
    ]);
    standIn.faults.set({ kind: "status", status: 500, paths: /^\/oidc\/\.well-known\// });
    const discovery = `${standIn.issuer}/.well-known/openid-configuration`;
    expect((await fetch(discovery)).status).toBe(500);
    standIn.faults.clear();
    expect((await fetch(discovery)).status).toBe(200);
  });
});

describe("a fault after the fact", () => {
  it.each<[string, Fault]>([
    ["the answer is lost", { kind: "down", when: "after" }],
    ["the answer is another", { kind: "status", status: 502, when: "after" }],
    ["the answer never comes", { kind: "hang", when: "after" }],
    ["the answer breaks off", { kind: "garbage", body: "truncated", when: "after" }],
    ["the answer is late", { kind: "slow", milliseconds: 30, when: "after" }],
  ])("%s, but the change was made", async (name, fault) => {
    await standIn.managementToken();
    standIn.faults.set(fault);
    const body = JSON.stringify({ name });
    // Only the answer that never comes is not waited for.
    const timeoutMs = fault.kind === "hang" ? 300 : 20_000;
    const answer = await ask("/organizations", { method: "POST", body }, timeoutMs).catch(
      () => undefined,
    );
    expect(answer?.status).toBe(
      { down: undefined, hang: undefined, status: 502, garbage: 200, slow: 201 }[fault.kind],
    );
    expect(await names()).toContain(name);
  });

  it("strikes the OpenID provider's answers, too: the code is spent, the tokens are lost", async () => {
    await standIn.manage("POST", "/users", { username: "late", password: "Late-2026!" });
    const callback = await new SignInBrowser(standIn).signIn("late", "Late-2026!");
    standIn.faults.set({ kind: "down", when: "after", paths: "/oidc/token", times: 1 });
    await expect(exchange(standIn, callback)).rejects.toThrow("fetch failed");
    expect(await exchange(standIn, callback)).toMatchObject({
      status: 400,
      error: "invalid_grant",
    });
  });

  it("lets the webhook go out, though the caller heard nothing", async () => {
    await standIn.manage("POST", "/hooks", {
      events: ["Organization.Created"],
      config: { url: "http://127.0.0.1:9/" },
    });
    standIn.faults.set({ kind: "down", when: "after", times: 1 });
    await expect(create("Told by webhook only")).rejects.toThrow("fetch failed");
    expect(standIn.webhooks.deliveries.at(-1)?.body).toContain("Told by webhook only");
  });
});

describe("a new signing key", () => {
  const newToken = async () => (await requestToken(standIn.issuer)).access_token;
  const isKnown = async (token: string) => {
    const keys = createRemoteJWKSet(new URL(`${standIn.issuer}/jwks`));
    return jwtVerify(token, keys, { issuer: standIn.issuer }).then(
      () => true,
      () => false,
    );
  };

  it("signs from now on; what the old one signed stays good until it is dropped", async () => {
    const before = await newToken();
    await standIn.rotateSigningKey();
    const after = await newToken();
    expect(decodeToken(after).header["kid"]).not.toBe(decodeToken(before).header["kid"]);
    expect([await isKnown(before), await isKnown(after)]).toEqual([true, true]);
    expect((await ask()).status).toBe(200);
    await standIn.rotateSigningKey({ dropOld: true });
    expect([await isKnown(before), await isKnown(after)]).toEqual([false, false]);
    expect((await ask()).status).toBe(401);
    const { keys } = await (await fetch(`${standIn.issuer}/jwks`)).json();
    expect(keys).toHaveLength(1);
  });

  it("outlives a restart, and keeps sessions and tokens valid", async () => {
    await standIn.rotateSigningKey({ dropOld: true });
    const token = await newToken();
    const account = { username: "stays", password: "Stays-2026" };
    const body = JSON.stringify(account);
    const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
    await fetch(`${standIn.endpoint}/api/users`, { method: "POST", headers, body });
    const browser = new SignInBrowser(standIn);
    await browser.signIn(account.username, account.password);
    await standIn.rotateSigningKey();
    await standIn.restart();
    expect(await isKnown(token)).toBe(true);
    const silent = browser.readCallback(await browser.authorize({ prompt: "none" }));
    expect((await exchange(standIn, silent)).status).toBe(200);
  });
});
