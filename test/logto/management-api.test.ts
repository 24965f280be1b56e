import { inspect } from "node:util";

import { afterEach, describe, expect, it, vi } from "vitest";
import { z } from "zod";

import { createManagementToken } from "../../src/logto/client/management-api.ts";
import { calls, failureOf, useManagementApi } from "./management-world.ts";

const logto = useManagementApi();
afterEach(() => {
  vi.useRealTimers();
});

const countTokens = () => logto.faults.struck.filter((each) => each === "POST /oidc/token").length;
const countCalls = () => logto.faults.struck.filter((each) => each.includes(" /api/")).length;
const many = (count: number, work: () => Promise<unknown>) =>
  Promise.all(Array.from({ length: count }, work));

describe("the token for the Management API", () => {
  it("SC06 is requested once for fifty callers, and kept", async () => {
    const api = logto.create();
    logto.watch();
    await many(50, () => calls.GET(api));
    await calls.GET(api);
    expect({ tokens: countTokens(), calls: countCalls() }).toEqual({ tokens: 1, calls: 51 });
  });

  it("SC06 is renewed once when Logto refuses it, and every caller gets its answer", async () => {
    const api = logto.create();
    await calls.GET(api);
    logto.faults.set(
      { kind: "status", status: 401, paths: "/api", times: 50 },
      { kind: "slow", milliseconds: 0 },
    );
    await many(50, () => calls.GET(api));
    expect({ tokens: countTokens(), calls: countCalls() }).toEqual({ tokens: 1, calls: 100 });
  });

  it("SC06 is kept if the previous one is refused", async () => {
    logto.watch();
    const token = createManagementToken(logto.tokenOptions(() => 0));
    const first = await token.read();
    token.forget(first);
    const second = await token.read();
    token.forget(first);
    expect(await token.read()).toBe(second);
    expect(countTokens()).toBe(2);
  });

  it("SC06 is renewed at most once for one request", async () => {
    const api = logto.create();
    logto.faults.set(
      { kind: "status", status: 401, paths: "/api" },
      { kind: "slow", milliseconds: 0 },
    );
    const error = await failureOf(calls.GET(api));
    expect(error.kind).toBe("unauthorized");
    expect({ tokens: countTokens(), calls: countCalls() }).toEqual({ tokens: 2, calls: 2 });
  });

  it("is renewed a minute before its end", async () => {
    let now = 0;
    const api = logto.create({ clock: () => now });
    logto.watch();
    await calls.GET(api);
    now = 3_539_000;
    await calls.GET(api);
    expect(countTokens()).toBe(1);
    now = 3_541_000;
    await calls.GET(api);
    expect(countTokens()).toBe(2);
  });

  it.each([{ appSecret: "not this one" }, { appId: "nobody" }])(
    "is refused for %j once, with a sentence that names the wrong setting, and no value",
    async (wrong) => {
      const api = logto.create({ credentials: { appId: "machine", appSecret: "x", ...wrong } });
      logto.watch();
      const error = await failureOf(calls.GET(api));
      expect(error.kind).toBe("unauthorized");
      expect(error.message).toContain("LOGTO_M2M_APP_SECRET or its role there is wrong.");
      expect(error.message).not.toContain(Object.values(wrong)[0]);
      expect({ tokens: countTokens(), calls: countCalls() }).toEqual({ tokens: 1, calls: 0 });
    },
  );
});

describe("a Logto that is not well", () => {
  it("FA12 is waited for until the timeout, and no longer", async () => {
    const api = logto.create({ requestTimeout: 500 });
    await calls.GET(api);
    logto.faults.set({ kind: "hang" });
    const began = performance.now();
    const error = await failureOf(calls.POST(api));
    expect(error).toMatchObject({ kind: "unavailable", reason: "timeout" });
    expect(performance.now() - began).toBeLessThan(2_500);
  });

  it("gets a GET once more", async () => {
    const api = logto.create();
    await calls.GET(api);
    logto.faults.set({ kind: "down", times: 1 });
    await calls.GET(api);
    logto.faults.set({ kind: "status", status: 503 });
    expect(await failureOf(calls.GET(api))).toMatchObject({ kind: "unavailable", status: 503 });
    expect(logto.faults.struck).toEqual(["GET /api/hooks", "GET /api/hooks"]);
  });

  it.each(["POST", "PUT", "PATCH", "DELETE"] as const)(
    "does not get a %s again: it may have been carried out",
    async (method) => {
      const api = logto.create({ requestTimeout: 500 });
      await calls.GET(api);
      for (const fault of [{ kind: "down" }, { kind: "status", status: 502 }] as const) {
        logto.faults.set({ ...fault, when: "after" });
        expect((await failureOf(calls[method](api))).kind).toBe("unavailable");
        expect(logto.faults.struck).toHaveLength(1);
      }
      logto.faults.set({ kind: "hang" });
      expect((await failureOf(calls[method](api))).kind).toBe("unavailable");
      expect(logto.faults.struck).toHaveLength(1);
    },
  );

  it("gets no request for ten seconds after five failures, and then one", async () => {
    const api = logto.create();
    await calls.GET(api);
    logto.faults.set({ kind: "down" });
    await many(5, () => failureOf(calls.POST(api)));
    expect(logto.faults.struck).toHaveLength(5);
    const refused = await failureOf(calls.GET(api));
    expect(refused).toMatchObject({ kind: "unavailable", reason: "failed just now" });
    expect(logto.faults.struck).toHaveLength(5);

    vi.setSystemTime(Date.now() + 10_100);
    await many(3, () => failureOf(calls.POST(api)));
    expect(logto.faults.struck).toHaveLength(6);

    vi.setSystemTime(Date.now() + 10_100);
    logto.watch();
    await calls.GET(api);
    await many(3, () => calls.GET(api));
    expect(logto.faults.struck).toHaveLength(4);
  });

  it("is not considered away because it refuses requests", async () => {
    const api = logto.create();
    logto.faults.set({ kind: "status", status: 422, paths: "/api", times: 20 });
    const errors = await Promise.all(Array.from({ length: 20 }, () => failureOf(calls.POST(api))));
    expect(errors.map(({ kind }) => kind)).toEqual(errors.map(() => "refused"));
    logto.faults.clear();
    await calls.GET(api);
  });

  it.each([
    ["seconds", () => 30],
    ["a date", () => new Date(Date.now() + 30_400).toUTCString()],
  ])(
    "FA14 that sends Retry-After as %s gets no request until then",
    async (_form, makeRetryAfter) => {
      let now = 0;
      const api = logto.create({ clock: () => now });
      await calls.GET(api);
      logto.faults.set(
        { kind: "status", status: 429, retryAfter: makeRetryAfter(), times: 1 },
        { kind: "slow", milliseconds: 0 },
      );
      const told = await failureOf(calls.GET(api));
      expect(told.kind).toBe("unavailable");
      expect([30, 31]).toContain(told.retryAfter);
      now = 20_000;
      for (const call of Object.values(calls)) {
        const error = await failureOf(call(api));
        expect(error.kind).toBe("unavailable");
        expect([10, 11]).toContain(error.retryAfter);
      }
      expect(logto.faults.struck).toHaveLength(1);
      now = 31_001;
      await calls.GET(api);
      expect(logto.faults.struck).toHaveLength(2);
    },
  );

  it("FA14 that asks for a day, or sends an unreadable Retry-After, is asked again within the hour", async () => {
    for (const [retryAfter, expected] of [
      [86_400, 3_600],
      ["Sat, 01 Jan 2000 00:00:00 GMT", 0],
      ["soon", undefined],
    ] as const) {
      const api = logto.create();
      logto.faults.set({ kind: "status", status: 503, paths: "/api", retryAfter });
      expect((await failureOf(calls.POST(api))).retryAfter).toBe(expected);
    }
  });
});

describe("an answer that is not Logto's", () => {
  it.each([
    [{ kind: "garbage", body: "html" }, "HTML"],
    [{ kind: "garbage", body: "truncated" }, "not JSON"],
    [{ kind: "garbage", body: "huge" }, "longer than 1 MB"],
    [{ kind: "status", status: 302 }, "status 302"],
  ] as const)("FA14 is refused, and not shown: %j", async (fault, reason) => {
    for (const paths of ["/api", "/oidc/token"]) {
      const api = logto.create();
      if (paths === "/api") await calls.GET(api);
      logto.faults.set({ ...fault, paths });
      const error = await failureOf(calls.GET(api));
      expect(error).toMatchObject({ kind: "invalid_answer", reason });
      const shown = `${inspect(error, { showHidden: true, depth: 10 })} ${JSON.stringify(error)}`;
      expect(shown).not.toMatch(/gateway|"abc"|xxxx|stand-in|Bearer|Basic|eyJ/);
      expect(error.cause).toBeUndefined();
      // The request is not repeated.
      expect(logto.faults.struck).toHaveLength(1);
      logto.faults.clear();
      await calls.GET(api);
    }
  });

  it("is refused if a field is missing, and its contents are not shown", async () => {
    await logto.provider.manage("POST", "/organizations", { name: "Secretive" });
    const wrong = z.array(z.object({ name: z.number() }));
    const error = await failureOf(
      logto.create().read(wrong, (client) => client.GET("/api/organizations")),
    );
    expect(error).toMatchObject({ kind: "invalid_answer", reason: "invalid_type at 0.name" });
    expect(inspect(error)).not.toContain("Secretive");
  });
});

describe("a list", () => {
  it("is read to its end, page by page, by Total-Number", async () => {
    await logto.provider.query(
      "insert into organizations (id, name) select 'listed' || n, 'Listed ' || n from generate_series(1, 250) n",
    );
    const api = logto.create();
    logto.watch();
    const names = await api.list(z.object({ name: z.string() }), (client, query) =>
      client.GET("/api/organizations", { params: { query: { ...query, q: "Listed" } } }),
    );
    expect(new Set(names.map(({ name }) => name)).size).toBe(250);
    expect(countCalls()).toBe(3);
  });

  it("is refused without Logto's Total-Number", async () => {
    const api = logto.create();
    const error = await failureOf(
      api.list(z.unknown(), (client) =>
        client.GET("/api/organizations/{id}", { params: { path: { id: "listed1" } } }),
      ),
    );
    expect(error).toMatchObject({ kind: "invalid_answer", reason: "no Total-Number" });
  });

  it("fails if one of its pages fails", async () => {
    const api = logto.create();
    await calls.GET(api);
    let pages = 0;
    const listing = api.list(z.unknown(), (client, query) => {
      pages += 1;
      if (pages === 2) logto.faults.set({ kind: "status", status: 500 });
      return client.GET("/api/organizations", { params: { query } });
    });
    expect((await failureOf(listing)).kind).toBe("unavailable");
  });
});
