import { describe, expect, it } from "vitest";

import { refuseCrossSiteWrites } from "../../src/http/csrf.ts";
import { useApplication } from "../support/application.ts";
import { createSmallApplication, route } from "./small-application.ts";

const ours = "https://app.example.com";
const methods = ["post", "put", "patch", "delete"] as const;

/** The status of a write with these headers: 204 when it got through. */
async function write(headers: Record<string, string>, method: (typeof methods)[number] = "post") {
  const { request } = createSmallApplication({
    middleware: [refuseCrossSiteWrites(ours)],
    routes: methods.map((name) =>
      route({
        method: ({ post: "POST", put: "PUT", patch: "PATCH", delete: "DELETE" } as const)[name],
        path: "/",
        access: "public",
        statuses: [204],
        handler: () => Promise.resolve({ status: 204 }),
      }),
    ),
  });
  return (await request[method]("/").set(headers)).status;
}

describe("refuseCrossSiteWrites()", () => {
  it.each(["cross-site", "same-site"])("CS01 refuses Sec-Fetch-Site: %s", async (site) => {
    for (const method of methods) expect(await write({ "Sec-Fetch-Site": site }, method)).toBe(403);
    expect(await write({ "Sec-Fetch-Site": site, Origin: ours })).toBe(403);
  });

  it.each(["same-origin", "none"])("CS01 accepts Sec-Fetch-Site: %s", async (site) => {
    for (const method of methods) expect(await write({ "Sec-Fetch-Site": site }, method)).toBe(204);
  });

  it.each([
    ["ours", { Origin: ours, Cookie: "session=x" }, 204],
    ["another site's", { Origin: "https://evil.example" }, 403],
    ["a sibling's", { Origin: "https://www.example.com" }, 403],
    ["ours on another port", { Origin: `${ours}:8443` }, 403],
    ["ours without TLS", { Origin: "http://app.example.com" }, 403],
    ["one that begins like ours", { Origin: `${ours}.evil.example` }, 403],
    ["that of a sandboxed frame", { Origin: "null" }, 403],
    ["that of a sandboxed frame, with a cookie", { Origin: "null", Cookie: "session=x" }, 403],
    ["absent, with a cookie", { Cookie: "session=x" }, 403],
    ["absent, without a cookie: no browser's page", {}, 204],
  ])(
    "CS02 decides by Origin where there is no Sec-Fetch-Site: %s",
    async (_what, headers, status) => {
      expect(await write(headers)).toBe(status);
    },
  );

  it.each([
    [{}, 204],
    [{ Cookie: "session=x" }, 204],
    [{ Origin: "https://evil.example" }, 204],
    [{ "Sec-Fetch-Site": "cross-site", Cookie: "session=x" }, 204],
    [{ Authorization: "Basic eDp4", Cookie: "session=x" }, 403],
    [{ Authorization: "Bearerx y", Cookie: "session=x" }, 403],
    [{ Authorization: "DPoP x", "Sec-Fetch-Site": "cross-site" }, 403],
  ])(
    "CS01 lets a bearer token pass, which no browser adds by itself: with %o",
    async (headers, status) => {
      expect(await write({ Authorization: "Bearer x", ...headers })).toBe(status);
    },
  );

  it("CS01 leaves no cookie to whatever comes behind, where there is a bearer token", async () => {
    const seen: unknown[] = [];
    const { request } = createSmallApplication({
      middleware: [refuseCrossSiteWrites(ours)],
      routes: [
        route({
          method: "GET",
          path: "/",
          access: "public",
          statuses: [204],
          handler: async (_input, ctx) => {
            seen.push([ctx.get("Cookie"), ctx.cookies.get("session")]);
            return { status: 204 };
          },
        }),
      ],
    });
    const cookie = { Cookie: "session=x" };
    for (const authorization of ["Bearer x", "bEARER x", "Bearer", "Bearer ", "Basic eDp4"]) {
      await request.get("/").set({ ...cookie, Authorization: authorization });
    }
    const gone = ["", undefined];
    expect(seen).toEqual([gone, gone, gone, gone, ["session=x", "x"]]);
  });

  it("CS03 treats an unknown value of Sec-Fetch-Site as none", async () => {
    for (const site of ["Same-Origin", "same-origin, cross-site", "sideways"]) {
      expect(await write({ "Sec-Fetch-Site": site, Cookie: "session=x" })).toBe(403);
      expect(await write({ "Sec-Fetch-Site": site, Origin: ours })).toBe(204);
    }
  });
});

describe("a route that declares crossSite", () => {
  it("CS01 takes writes from anywhere, at its own method and path and nowhere else", async () => {
    const routes = (["POST", "PUT"] as const).flatMap((method) =>
      ["/hook", "/hook/x"].map((path) =>
        route({
          method,
          path,
          access: "public",
          statuses: [204],
          crossSite: method === "POST" && path === "/hook",
          handler: () => Promise.resolve({ status: 204 }),
        }),
      ),
    );
    const middleware = [refuseCrossSiteWrites(ours, routes)];
    const { request } = createSmallApplication({ middleware, routes });
    const foreign = { "Sec-Fetch-Site": "cross-site", Origin: "https://evil.example" };
    expect((await request.post("/hook").set(foreign)).status).toBe(204);
    expect((await request.post("/hook").set({ Cookie: "session=x" })).status).toBe(204);
    for (const path of ["/hook/x", "/hook/", "/HOOK", "//hook"]) {
      expect((await request.post(path).set(foreign)).status, path).toBe(403);
    }
    expect((await request.put("/hook").set(foreign)).status).toBe(403);
  });
});

describe("the application", () => {
  const application = useApplication();

  it("CS01 refuses every declared write from another site, with or without the person's cookie", async () => {
    const { cookie } = await application.createSessionCookie(await application.createPerson());
    const writes = application.routes.filter(
      ({ method, crossSite }) => method !== "GET" && !crossSite,
    );
    expect(writes.length).toBeGreaterThan(1);
    for (const { method, path } of writes) {
      const name = method.toLowerCase() as (typeof methods)[number];
      for (const headers of [
        { "Sec-Fetch-Site": "same-site" },
        { "Sec-Fetch-Site": "cross-site", Origin: "https://evil.example", Cookie: cookie },
      ]) {
        const answer = await application.visitor()[name](path).set(headers);
        expect(answer.status, `${method} ${path}`).toBe(403);
        expect(answer.headers).not.toHaveProperty("set-cookie");
      }
    }
    expect((await application.visitor().get("/organizations").set("Cookie", cookie)).status).toBe(
      200,
    );
  });

  it("CS06 ignores `_method` and X-HTTP-Method-Override", async () => {
    const agent = await application.signInAs(await application.createPerson());
    const answer = await agent
      .post("/account?_method=DELETE")
      .set("X-HTTP-Method-Override", "GET")
      .type("form")
      .send({ _method: "GET" });
    expect(answer.status).toBe(405);
  });
});
