import Keygrip from "keygrip";
import Koa from "koa";
import pino from "pino";
import supertest from "supertest";
import { describe, expect, it } from "vitest";

import { defineSignInCookies, signInWith, type SignInWish } from "../../src/auth/begin-sign-in.ts";
import { signIns, signInsOfBrowser } from "../../src/auth/limits.ts";
import { createOpenIdClient } from "../../src/relying-party/relying-party.ts";
import { AppError } from "../../src/http/errors.ts";
import type { AppState } from "../../src/http/state.ts";
import { useSignIn } from "../support/sign-in.ts";

const world = useSignIn();
const { application } = world;

const canary = "/invitations/canary-0f5d2c";

/** A feature that begins a sign-in, whatever it is asked; its answer is where the browser is sent, or the error. */
const makeFeature = (wish: SignInWish) => supertest.agent(serveFeature(wish));

function serveFeature(wish: SignInWish) {
  const { baseUrl, config, database } = application;
  const logger = pino({ level: "silent" });
  const beginSignIn = signInWith({
    unscoped: database.unscoped,
    openId: createOpenIdClient({ ...config.logto, baseUrl, logger }),
    cookies: defineSignInCookies(baseUrl),
    limits: { ofNetwork: signIns, ofBrowser: signInsOfBrowser },
  });
  const app = new Koa<AppState>();
  app.keys = new Keygrip(config.sessions.secrets, "sha256");
  app.use(async (ctx) => {
    try {
      const { status, headers = {} } = await beginSignIn(ctx, wish);
      ctx.status = status;
      ctx.set({ ...headers });
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      ctx.status = error.status;
      ctx.body = { code: error.code, action: error.options.action };
    }
  });
  return app.callback();
}

async function begin(wish: SignInWish): Promise<URL> {
  const answer = await makeFeature(wish).get("/");
  expect(answer.status).toBe(303);
  return new URL(answer.headers["location"] ?? "");
}

describe("beginSignIn()", () => {
  it("IN13 tells the provider nothing of the page it leads to", async () => {
    const url = await begin({ returnTo: canary });
    expect(url.href).not.toContain("canary");
    expect(url.searchParams.has("login_hint")).toBe(false);
    expect(url.searchParams.get("prompt")).not.toBe("login");
  });

  it("makes the provider show its form where the account may change, without re-authentication", async () => {
    const url = await begin({ returnTo: "/", switchesAccount: true });
    expect(url.searchParams.get("prompt")).toBe("login");
    expect(url.searchParams.has("max_age")).toBe(false);
    const [row] = await application.query(
      "select is_reauthentication from sign_in_transactions order by created_at desc limit 1",
    );
    expect(row).toEqual({ is_reauthentication: false });
  });

  it("identifies a browser by one cookie, however many sign-ins it begins; each has a state of its own", async () => {
    const agent = makeFeature({ returnTo: "/" });
    const answers = [await agent.get("/"), await agent.get("/")];
    const cookies = answers.map(({ headers }) => String(headers["set-cookie"]).split(";")[0]);
    expect(cookies[0]).toMatch(/^sign-in-\d+=[\w-]{43}$/);
    expect(cookies[1]).toBe(cookies[0]);
    const states = answers.map(({ headers }) =>
      new URL(headers["location"] ?? "").searchParams.get("state"),
    );
    expect(new Set(states).size).toBe(2);
  });

  it("is an error that leads to the same page where the provider is away, and leaves no row", async () => {
    const rows = () => application.query("select from sign_in_transactions");
    const before = (await rows()).length;
    world.issuer.faults.discovery = { status: 500 };
    const answer = await makeFeature({ returnTo: "/o/acme" }).get("/");
    delete world.issuer.faults.discovery;
    expect(answer.status).toBe(503);
    expect(answer.body).toEqual({
      code: "sign_in.unavailable",
      action: { label: "Try again", href: "/sign-in?returnTo=%2Fo%2Facme" },
    });
    expect(await rows()).toHaveLength(before);
  });
});

describe("the page that a sign-in leads to", () => {
  it("IN13 SC03 is sealed in its row, and in no log and no address but the last", async () => {
    const agent = application.visitor();
    const callback = await world.reachCallback(agent, { returnTo: canary });
    const rows = await application.query("select * from sign_in_transactions");
    expect(JSON.stringify(rows)).not.toContain("canary");
    expect(callback).not.toContain("canary");
    const { requests } = world.issuer;
    expect(JSON.stringify(requests)).not.toContain("canary");
    expect((await agent.get(callback)).headers["location"]).toBe(canary);
  });

  it("is opened by its own state, and by no other", async () => {
    const agent = application.visitor();
    const paths = ["/o/one", "/o/two"];
    const states: string[] = [];
    for (const returnTo of paths) {
      const callback = await world.reachCallback(agent, { returnTo });
      states.push(new URL(callback, application.baseUrl).searchParams.get("state") ?? "");
    }
    const sealed = await application.query<{ id: string; text: string }>(
      "select encode(state_hash, 'hex') as id, return_to as text from sign_in_transactions order by created_at desc limit 2",
    );
    const [second, first] = sealed;
    // An attacker who can write to the table swaps the two.
    await application.query(
      "update sign_in_transactions set return_to = case when state_hash = decode($1, 'hex') then $2 else $4 end where state_hash in (decode($1, 'hex'), decode($3, 'hex'))",
      [first?.id, second?.text, second?.id, first?.text],
    );
    const answer = await application.visitor().get(`/callback?code=x&state=${states[0]}`);
    expect(answer.status).toBe(400);
    for (const path of paths) expect(answer.text).not.toContain(`href="${path}"`);
  });
});

describe("a window that another site sends here again and again", () => {
  it("AP18 uses up the sign-ins of its browser, and not those of its network", async () => {
    const feature = serveFeature({ returnTo: "/" });
    const [victim, neighbour] = [supertest.agent(feature), supertest.agent(feature)];
    const statuses: number[] = [];
    for (let time = 0; time < signIns.attempts + 20; time += 1) {
      statuses.push((await victim.get("/")).status);
    }
    // The first one has no cookie yet.
    expect(statuses.filter((status) => status === 303)).toHaveLength(signInsOfBrowser.attempts + 1);
    expect(statuses.at(-1)).toBe(429);
    expect((await neighbour.get("/")).status).toBe(303);
  });
});
