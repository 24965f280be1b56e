import Keygrip from "keygrip";
import Koa from "koa";
import supertest from "supertest";
import { describe, expect, it } from "vitest";

import { defineCookie } from "../../src/http/cookie.ts";
import { catchErrors } from "../../src/http/error-boundary.ts";
import type { RouteContext } from "../../src/http/route.ts";
import type { AppState } from "../../src/http/state.ts";
import { createSessions } from "../../src/sessions/load-session.ts";
import { hashToken } from "../../src/http/token.ts";
import { createLogger } from "../../src/runtime/logger.ts";
import { useApplication } from "../support/application.ts";
import { repetitions } from "../support/endurance.ts";
import { makeGate } from "../support/gate.ts";

const application = useApplication();
const batches = repetitions(20, 4);

type Values = Record<string, unknown>;
type Work = (ctx: RouteContext & { session: Values | null }) => unknown;

/** Koa with our sessions, and one handler that works with `ctx.session`. */
function createSmallApplication(work: Work, database = application.database) {
  const lines: string[] = [];
  const { config } = application;
  const app = new Koa<AppState>();
  app.keys = new Keygrip(config.sessions.secrets, "sha256");
  app.on("error", (error) => lines.push(`outside: ${error}`));
  const { load, commit } = createSessions(app, {
    database,
    cookie: defineCookie("session", { origin: application.baseUrl }),
    noticeCookie: defineCookie("notice", { origin: application.baseUrl }),
    limits: config.sessions,
  });
  app.use(async (ctx, next) => {
    ctx.state.requestId = "request";
    ctx.state.logger = createLogger("trace", { write: (line) => lines.push(line) });
    await next();
  });
  app.use(catchErrors({ renderErrorPage: ({ code }) => code, translate: () => undefined }));
  app.use(commit);
  app.use(async (ctx) => {
    const authentication = await load(ctx, {
      organizationSlug: null,
      forPage: false,
      read: null,
    });
    const { session } = ctx as unknown as { session: Values | null };
    const found = JSON.stringify({ isSignedIn: authentication !== null, values: session });
    await work(ctx as unknown as Parameters<Work>[0]);
    if (ctx.headerSent) return;
    ctx.type = "json";
    ctx.body = found;
  });
  return { request: supertest(app.callback()), logged: () => lines.join("\n") };
}

async function signIn(data: unknown = {}) {
  const { id, cookie } = await application.createSessionCookie(await application.createPerson());
  const idHash = hashToken(id);
  await application.query("update sessions set data = $2 where id_hash = $1", [
    idHash,
    JSON.stringify(data),
  ]);
  return { cookie, idHash };
}

async function readRow(idHash: Uint8Array): Promise<{ data: Values; isLive: boolean } | undefined> {
  const [row] = await application.query<{ data: Values; isLive: boolean }>(
    `select data, revoked_at is null as "isLive" from sessions where id_hash = $1`,
    [idHash],
  );
  return row;
}

const count = async () => (await application.query("select from sessions")).length;

describe("ctx.session", () => {
  it("keeps what a request put there for the next one", async () => {
    const { cookie, idHash } = await signIn({ gone: 1, changed: { deep: [1] } });
    const write = createSmallApplication(({ session }) => {
      if (!session) throw new Error("no session");
      delete session["gone"];
      session["changed"] = { deep: [1, 2] };
      session["theme"] = "dark";
    });
    const answer = await write.request.get("/").set("Cookie", cookie);
    expect(answer.status).toBe(200);
    expect(answer.headers).not.toHaveProperty("set-cookie");
    const data = { changed: { deep: [1, 2] }, theme: "dark" };
    expect(await readRow(idHash)).toEqual({ data, isLive: true });
    const read = await createSmallApplication(() => {})
      .request.get("/")
      .set("Cookie", cookie);
    expect(read.body).toEqual({ isSignedIn: true, values: data });
  });

  it("writes nothing when nothing changed, also when equal values are assigned", async () => {
    const { cookie, idHash } = await signIn({ a: [1, { b: 2 }] });
    const version = () =>
      application.query("select xmin, ctid from sessions where id_hash = $1", [idHash]);
    const before = await version();
    const answer = await createSmallApplication(({ session }) => {
      if (session) session["a"] = [1, { b: 2 }];
    })
      .request.get("/")
      .set("Cookie", cookie);
    expect(answer.body).toMatchObject({ isSignedIn: true });
    expect(await version()).toEqual(before);
  });

  it.each(["reads only", "writes"])(
    "SE05 a request in flight that %s does not bring back a session that was signed out",
    async (what) => {
      const { cookie, idHash } = await signIn();
      const [arrived, go] = [makeGate(), makeGate()];
      const slow = createSmallApplication(async ({ session }) => {
        if (session && what === "writes") session["late"] = true;
        arrived.open();
        await go.opened;
      });
      const answer = slow.request
        .get("/")
        .set("Cookie", cookie)
        .then((reply) => reply);
      await arrived.opened;
      await application.query("update sessions set revoked_at = now() where id_hash = $1", [
        idHash,
      ]);
      go.open();
      expect((await answer).status).toBe(200);
      // It does not hand the browser the cookie again, which signing out has just removed.
      expect((await answer).headers).not.toHaveProperty("set-cookie");
      expect(await readRow(idHash)).toEqual({ data: {}, isLive: false });
      const replay = await createSmallApplication(() => {})
        .request.get("/")
        .set("Cookie", cookie);
      expect(replay.body).toMatchObject({ isSignedIn: false });
    },
  );

  it("SE06 two requests at once keep what each of them wrote", async () => {
    const { cookie, idHash } = await signIn({ kept: 1, removed: 1 });
    const both = makeGate();
    let arrivals = 0;
    const { request } = createSmallApplication(async ({ session, path }) => {
      if ((arrivals += 1) === 2) both.open();
      await both.opened;
      if (!session) return;
      if (path === "/a") delete session["removed"];
      session[path.slice(1)] = path;
    });
    await Promise.all(["/a", "/b"].map((path) => request.get(path).set("Cookie", cookie)));
    expect((await readRow(idHash))?.data).toEqual({ kept: 1, a: "/a", b: "/b" });
  });

  it("FA27 keeps nothing of a request that failed, and logs why it failed", async () => {
    const { cookie, idHash } = await signIn();
    const { request, logged } = createSmallApplication(({ session }) => {
      if (session) session["half"] = "done";
      throw new Error("EVIL");
    });
    expect((await request.get("/").set("Cookie", cookie)).status).toBe(500);
    expect(logged()).toContain("EVIL");
    expect(await readRow(idHash)).toEqual({ data: {}, isLive: true });
  });

  it(`SE08 ${batches * 50} visitors, failing ones among them, leave no row`, async () => {
    const before = await count();
    const { request } = createSmallApplication(({ session, path }) => {
      if (session) session["theme"] = "dark";
      if (path === "/fail") throw new Error("EVIL");
    });
    for (let batch = 0; batch < batches; batch += 1) {
      const answers = await Promise.all(
        Array.from({ length: 50 }, (_, index) => request.get(index % 2 ? "/fail" : "/")),
      );
      expect(answers.some(({ headers }) => "set-cookie" in headers)).toBe(false);
    }
    expect(await count()).toBe(before);
  });

  it.each<[string, unknown]>([
    ["a string", "text"],
    ["a list", [1, 2]],
    ["null", null],
    ["a number", 1],
    ["toJSON", { toJSON: "x" }],
    ["a name of the library's own", { commit: "x" }],
    ["a name with an underscore", { _expire: 0 }],
  ])("SE15 ignores a stored session with %s, and logs it", async (_what, data) => {
    const { cookie } = await signIn(data);
    const { request, logged } = createSmallApplication(() => {});
    const answer = await request.get("/").set("Cookie", cookie);
    expect(answer.body).toMatchObject({ isSignedIn: false });
    expect(logged()).toContain("session ignored");
  });

  it("SE15 ignores a stored session with __proto__, and logs it", async () => {
    const { cookie, idHash } = await signIn();
    await application.query(
      `update sessions set data = '{"__proto__": {"isAdmin": true}, "constructor": 1}' where id_hash = $1`,
      [idHash],
    );
    const { request, logged } = createSmallApplication(() => {});
    expect((await request.get("/").set("Cookie", cookie)).body).toMatchObject({
      isSignedIn: false,
    });
    expect(logged()).toContain("session ignored");
    expect(Object.hasOwn(Object.prototype, "isAdmin")).toBe(false);
  });

  it("SE16 throws for a name that koa-session would silently drop", async () => {
    const { cookie, idHash } = await signIn();
    const { request, logged } = createSmallApplication(({ session }) => {
      if (session) session["_csrf"] = "x";
    });
    expect((await request.get("/").set("Cookie", cookie)).status).toBe(500);
    expect(logged()).toContain("A session cannot keep _csrf.");
    expect((await readRow(idHash))?.data).toEqual({});
  });

  it("throws for values that are too large to read with every request", async () => {
    const { cookie, idHash } = await signIn();
    const { request, logged } = createSmallApplication(({ session }) => {
      if (session) session["draft"] = "x".repeat(2_048);
    });
    expect((await request.get("/").set("Cookie", cookie)).status).toBe(500);
    expect(logged()).toContain("A session keeps 2048 characters of JSON at most.");
    expect((await readRow(idHash))?.data).toEqual({});
  });

  it("throws for values that are not JSON", async () => {
    const { cookie } = await signIn();
    const { request } = createSmallApplication(({ session }) => {
      if (session) session["when"] = new Date(0);
    });
    expect((await request.get("/").set("Cookie", cookie)).status).toBe(500);
  });

  it("SE19 saves what changed also where the answer has begun already", async () => {
    const { cookie, idHash } = await signIn();
    const { request, logged } = createSmallApplication((ctx) => {
      ctx.respond = false;
      ctx.res.writeHead(200, { "Content-Type": "text/event-stream" });
      ctx.res.flushHeaders();
      if (ctx.session) ctx.session["streamed"] = true;
      ctx.res.end("data: x\n\n");
    });
    expect((await request.get("/").set("Cookie", cookie)).status).toBe(200);
    await expect.poll(async () => (await readRow(idHash))?.data).toEqual({ streamed: true });
    expect(logged()).toBe("");
  });

  it("assigned as a whole keeps the session's id, and removes other values", async () => {
    const { cookie, idHash } = await signIn({ old: 1 });
    await createSmallApplication((ctx) => {
      ctx.session = { fresh: 1 };
    })
      .request.get("/")
      .set("Cookie", cookie);
    expect(await readRow(idHash)).toEqual({ data: { fresh: 1 }, isLive: true });
  });

  it("set to null does not sign out: only the database does", async () => {
    const { cookie, idHash } = await signIn({ old: 1 });
    const answer = await createSmallApplication((ctx) => {
      ctx.session = null;
    })
      .request.get("/")
      .set("Cookie", cookie);
    expect(answer.headers).not.toHaveProperty("set-cookie");
    expect(await readRow(idHash)).toEqual({ data: { old: 1 }, isLive: true });
  });
});
