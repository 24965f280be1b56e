import { describe, expect, it } from "vitest";

import { httpError } from "../../src/http/errors.ts";
import { createSmallApplication, route } from "./small-application.ts";

/** An application whose only route ends in `fail`. */
function createFailing(fail: () => unknown) {
  return createSmallApplication({
    routes: [
      route({
        method: "GET",
        path: "/",
        access: "public",
        statuses: [200],
        async handler() {
          await fail();
          return { status: 200 };
        },
      }),
    ],
  });
}

const raise = (thrown: unknown) => () => {
  throw thrown;
};

describe("catchErrors()", () => {
  it.each([
    ["undefined", raise(undefined)],
    ["null", raise(null)],
    ["a string", raise("EVIL")],
    ["an object", raise({ status: 200, message: "EVIL" })],
    ["a rejection without a reason", () => Promise.reject()],
    ["an object without a prototype", raise(Object.create(null))],
  ])("AP13 answers 500 to %s being thrown, and logs it", async (_what, fail) => {
    const { request, logged } = createFailing(fail);
    const answer = await request.get("/").accept("json");
    expect(answer.status).toBe(500);
    expect(answer.body).toMatchObject({ code: "server.fault", status: 500 });
    expect(logged()).toContain('"msg":"fault"');
    expect(logged()).not.toContain("outside");
  });

  it("AP14 ignores the status, headers and exposure of a foreign error", async () => {
    const upstream = Object.assign(new Error("EVIL"), {
      status: 404,
      statusCode: 404,
      expose: true,
      headers: { "Set-Cookie": "session=EVIL", "X-Evil": "1" },
    });
    const { request, logged } = createFailing(raise(upstream));
    const answer = await request.get("/").accept("html");
    expect(answer.status).toBe(500);
    expect(answer.headers).not.toHaveProperty("set-cookie");
    expect(answer.headers).not.toHaveProperty("x-evil");
    expect(answer.text).not.toContain("EVIL");
    expect(logged()).toContain("EVIL");
  });

  it("AP15 shows the request's id, and nothing of the error", async () => {
    const cause = new Error("password authentication failed for db.internal");
    const fault = new Error('select * from "users"', { cause });
    const { request, logged } = createFailing(raise(fault));
    for (const type of ["html", "json"]) {
      const answer = await request.get("/").accept(type);
      expect(answer.text).not.toMatch(/users|password|db\.internal|at .*\.ts|node_modules/);
      const id = answer.headers["x-request-id"] ?? "-";
      expect(answer.text).toContain(id);
      expect(logged()).toContain(id);
    }
  });

  it("answers problem details (RFC 9457) to callers that do not accept HTML", async () => {
    const issues = [{ field: "name", message: "Please enter a name." }];
    const { request } = createFailing(raise(httpError("request.invalid", { issues })));
    const answer = await request.get("/").accept("json");
    expect(answer.status).toBe(422);
    expect(answer.headers["content-type"]).toBe("application/problem+json; charset=utf-8");
    expect(answer.body).toEqual({
      type: "about:blank",
      title: "Some of that is not valid",
      status: 422,
      detail: "Please correct what is marked and send it again.",
      code: "request.invalid",
      requestId: answer.headers["x-request-id"],
      issues,
    });
    expect((await request.get("/").accept("image/png")).status).toBe(422);
  });

  it("answers a page to a browser", async () => {
    const { request } = createFailing(raise(httpError("request.not_permitted")));
    const answer = await request.get("/").accept("text/html,application/xhtml+xml,*/*;q=0.8");
    expect(answer.status).toBe(403);
    expect(answer.headers["content-type"]).toBe("text/html; charset=utf-8");
    expect(answer.text).toContain("You may not do that");
  });

  it("redirects a browser that asked for a page, with GET and HEAD, and no other caller", async () => {
    const error = httpError("request.not_signed_in", { redirect: "/sign-in" });
    const { request } = createFailing(raise(error));
    for (const method of ["get", "head"] as const) {
      const answer = await request[method]("/").accept("html");
      expect(answer.status).toBe(303);
      expect(answer.headers["location"]).toBe("/sign-in");
    }
    expect((await request.get("/").accept("json")).status).toBe(401);
  });

  it("CS08 keeps the security headers", async () => {
    const answer = await createFailing(raise(undefined)).request.get("/");
    expect(answer.headers).toMatchObject({
      "content-security-policy": expect.stringContaining("frame-ancestors 'none'"),
      "strict-transport-security": expect.stringContaining("max-age=31536000"),
      "x-content-type-options": "nosniff",
      "cache-control": "no-store",
    });
  });

  it("SE07 keeps a cookie that was set before, such as a new session's id", async () => {
    const { request } = createSmallApplication({
      middleware: [
        (ctx) => {
          ctx.set("Set-Cookie", "session=new");
          throw new Error("after the session's id was changed");
        },
      ],
    });
    const answer = await request.get("/");
    expect([answer.status, answer.get("Set-Cookie")]).toEqual([500, ["session=new"]]);
  });

  it("AP13 ends an answer that had begun", async () => {
    const { request, logged } = createSmallApplication({
      middleware: [
        (ctx) => {
          ctx.res.writeHead(200, { "Content-Type": "text/plain" });
          throw new Error("too late");
        },
      ],
    });
    const answer = await request.get("/").timeout(2_000);
    expect(answer.status).toBe(200);
    expect(logged()).toContain("too late");
  });

  it.each([200, 400, 404, 500])(
    "AP14 ignores the status %i of an error before a route is found",
    async (status) => {
      const { request } = createSmallApplication({
        middleware: [raise(Object.assign(new Error("EVIL"), { status }))],
      });
      expect((await request.get("/")).status).toBe(500);
    },
  );
});
