import { describe, expect, it } from "vitest";
import { z } from "zod";

import { route as realRoute } from "../../src/tenancy/route.ts";
import { serveRoutes } from "../../src/http/router.ts";
import type { Reply } from "../../src/http/reply.ts";
import { createSmallApplication, route } from "./small-application.ts";

const answer = (reply: Reply) => () => Promise.resolve(reply);
const ok = { status: 200, type: "text/plain", body: "ok" };

describe("route()", () => {
  it("RB12 does not compile without access, nor with one that does not exist", () => {
    const declaration = { method: "GET", path: "/", statuses: [200], handler: answer(ok) } as const;
    // @ts-expect-error -- access is missing
    realRoute(declaration);
    // @ts-expect-error -- no role has this permission
    realRoute({ ...declaration, access: "organization:explode" });
    expect(realRoute({ ...declaration, access: "public" })).toMatchObject({ access: "public" });
  });

  it("knows the principal only as far as the access says", () => {
    const declaration = { method: "GET", path: "/", statuses: [200] } as const;
    realRoute({
      ...declaration,
      access: "visitor",
      // @ts-expect-error -- a visitor may be nobody
      handler: ({ actor }) => Promise.resolve({ status: 200, body: actor.user.id }),
    });
    realRoute({
      ...declaration,
      access: "signed-in",
      // @ts-expect-error -- no organization is named here
      handler: ({ actor }) => Promise.resolve({ status: 200, body: actor.organization.id }),
    });
    const member = realRoute({
      ...declaration,
      access: "organization:read",
      handler: ({ actor }) => Promise.resolve({ status: 200, body: actor.organization.id }),
    });
    expect(member).toMatchObject({ access: "organization:read" });
  });
});

describe("serveRoutes()", () => {
  const declaration = { method: "GET", path: "/x", access: "public", statuses: [200] } as const;

  it("RB12 refuses to start with a route without access that the compiler did not see", () => {
    const bare: unknown = { ...declaration, access: undefined, handler: answer(ok) };
    expect(() =>
      serveRoutes([bare as ReturnType<typeof route>], () =>
        Promise.resolve({ actor: null, rows: [] }),
      ),
    ).toThrow("GET /x does not declare access");
  });

  it("refuses to start with a route declared twice, since the second would never answer", () => {
    const one = route({ ...declaration, handler: answer(ok) });
    expect(() => createSmallApplication({ routes: [one, { ...one }] })).toThrow("declared twice");
  });

  it("AP10 answers 405 with the declared methods, and HEAD as GET", async () => {
    const { request } = createSmallApplication({
      routes: [
        route({ ...declaration, handler: answer(ok) }),
        route({ ...declaration, method: "DELETE", handler: answer(ok) }),
      ],
    });
    for (const method of ["post", "put", "patch", "options", "trace"] as const) {
      const refused = await request[method]("/x");
      expect(refused.status).toBe(405);
      expect(refused.headers["allow"]?.split(", ").toSorted()).toEqual(["DELETE", "GET", "HEAD"]);
    }
    const head = await request.head("/x");
    expect(head.status).toBe(200);
    expect(head.headers["content-length"]).toBe("2");
    expect(head.text).toBeUndefined();
  });

  it("SI32 runs a GET that has effects neither for HEAD nor for a prefetch", async () => {
    let runs = 0;
    const { request } = createSmallApplication({
      routes: [
        route({
          ...declaration,
          hasEffects: true,
          async handler() {
            runs += 1;
            return ok;
          },
        }),
      ],
    });
    expect((await request.head("/x")).status).toBe(405);
    expect((await request.get("/x").set("Sec-Purpose", "prefetch")).status).toBe(405);
    expect((await request.get("/x").set("Purpose", "prefetch")).status).toBe(405);
    expect(runs).toBe(0);
    expect((await request.get("/x")).status).toBe(200);
    expect(runs).toBe(1);
  });

  it("TI07 distinguishes capitals and a slash at the end", async () => {
    const { request } = createSmallApplication({
      routes: [route({ ...declaration, path: "/o/:slug/members", handler: answer(ok) })],
    });
    expect((await request.get("/o/acme/members")).status).toBe(200);
    for (const path of ["/O/acme/members", "/o/acme/MEMBERS", "/o/acme/members/", "/o//members"]) {
      expect((await request.get(path)).status, path).toBe(404);
    }
  });

  it("is 404 for invalid parameters, 400 for an invalid query, 422 for an invalid body", async () => {
    const { request } = createSmallApplication({
      routes: [
        route({
          ...declaration,
          method: "POST",
          path: "/things/:id",
          params: z.object({ id: z.uuid() }),
          query: z.object({ page: z.coerce.number().int().min(1).max(100).default(1) }),
          body: z.strictObject({ name: z.string().min(1), size: z.coerce.number() }),
          handler: answer(ok),
        }),
      ],
    });
    const id = "0191d2c0-0000-7000-8000-000000000000";
    const post = (path: string, body = "name=x&size=1") =>
      request.post(path).type("form").accept("json").send(body);
    expect((await post(`/things/${id}`)).status).toBe(200);
    expect((await post("/things/1")).status).toBe(404);
    for (const page of ["0", "-1", "1e9", "NaN", "1&page=2"]) {
      expect((await post(`/things/${id}?page=${page}`)).status, page).toBe(400);
    }
    const invalid = await post(`/things/${id}`, "name=&size=big&role=owner");
    expect(invalid.status).toBe(422);
    expect(
      (invalid.body as { issues: { field: string }[] }).issues.map(({ field }) => field),
    ).toEqual(["name", "size", "role"]);
  });

  it("answers 500 in place of a status or a document that was not declared", async () => {
    const { request, logged } = createSmallApplication({
      routes: [
        route({ ...declaration, path: "/status", handler: answer({ ...ok, status: 201 }) }),
        route({
          ...declaration,
          path: "/document",
          response: z.strictObject({ id: z.string() }),
          handler: answer({ status: 200, json: { id: "1", secret: "sesame" } }),
        }),
      ],
    });
    expect((await request.get("/status")).status).toBe(500);
    const document = await request.get("/document");
    expect(document.status).toBe(500);
    expect(document.text).not.toContain("sesame");
    expect(logged()).toContain("does not declare the status 201");
  });

  it("keeps the status of an answer without a body", async () => {
    const seeOther = { status: 303, headers: { Location: "/there" } };
    const { request } = createSmallApplication({
      routes: [route({ ...declaration, statuses: [303], handler: answer(seeOther) })],
    });
    const reply = await request.get("/x");
    expect([reply.status, reply.headers["location"], reply.text]).toEqual([303, "/there", ""]);
  });
});
