import { describe, expect, it } from "vitest";

import { hasPermission, type Permission, roles } from "../../src/access/roles.ts";
import { assembleCast, characters } from "../isolation/cast.ts";
import { sampleRequest } from "../isolation/sample-request.ts";
import { useApplication } from "../support/application.ts";
import { readEverything } from "../support/snapshot.ts";

const application = useApplication();

/** Reading may change these, and counts. */
const read = () =>
  readEverything(application, {
    tables: ["limit_counters"],
    columns: ["last_seen_at", "last_organization_id"],
  });

const isPermission = (access: string) => hasPermission("owner", access as Permission);
const isAbout = (path: string) => path.includes(":slug");
const fill = (path: string, slug: string) => path.replace(":slug", slug).replaceAll(/:\w+/g, "1");

describe("the routes", () => {
  it("RB12 declare a known access, and a permission exactly where the path names an organization", () => {
    expect(application.routes.length).toBeGreaterThan(8);
    for (const { method, path, access } of application.routes) {
      const name = `${method} ${path}`;
      const isOpen = ["public", "visitor", "signed-in"].includes(access);
      expect(isOpen || isPermission(access), name).toBe(true);
      expect(isAbout(path), name).toBe(!isOpen);
    }
    // No role has an unknown permission.
    for (const role of roles)
      expect(hasPermission(role, "organization:explode" as Permission)).toBe(false);
  });

  it("CS01 take writes from other sites only with public access", () => {
    const open = application.routes.filter(({ crossSite }) => crossSite);
    expect(open.filter(({ access, method }) => access !== "public" || method === "GET")).toEqual(
      [],
    );
  });

  it("lead elsewhere when the form of a page has done its work, so that a reload does not send it again", () => {
    const forms = application.routes.filter(
      ({ method, crossSite, response }) => method === "POST" && !crossSite && !response,
    );
    expect(forms.length).toBeGreaterThan(10);
    const pages = forms.filter(({ statuses }) => statuses.some((status) => status < 300));
    expect(pages.map(({ path }) => path)).toEqual([]);
  });

  it("CS04 change nothing for GET and HEAD by any person", async () => {
    const cast = await assembleCast(application);
    const pages = application.routes.filter(({ method }) => method === "GET");
    const requests = [];
    for (const route of pages) {
      requests.push({ route, ...(await sampleRequest(application, route, cast)) });
    }
    const before = await read();
    expect(Object.keys(before)).toContain("memberships");
    for (const { route, path, query } of requests) {
      for (const character of characters) {
        const agent = cast.agents[character];
        if (route.hasEffects) {
          await agent.head(path).query(query);
          await agent.get(path).set("Sec-Purpose", "prefetch");
          continue;
        }
        const get = await agent.get(path).query(query);
        expect(get.status, `GET ${route.path} as ${character}`).not.toBe(500);
        // To the router HEAD is GET, so one person's requests show it.
        if (character !== "owner") continue;
        const head = await agent.head(path).query(query);
        expect(head.status, `HEAD ${route.path}`).toBe(get.status);
      }
    }
    expect(await read()).toEqual(before);
  });

  it("send a visitor who opens a page to sign in, and back to that page", async () => {
    const { slug } = await application.createOrganization(await application.createPerson());
    const pages = application.routes.filter(
      ({ access, method }) => method === "GET" && access !== "public" && access !== "visitor",
    );
    expect(pages.length).toBeGreaterThan(2);
    for (const { path } of pages) {
      const url = fill(path, slug);
      const answer = await application.visitor().get(url);
      expect(answer.status, path).toBe(303);
      const { searchParams } = new URL(answer.headers["location"] ?? "", "http://x");
      expect(searchParams.get("returnTo")).toBe(url);
    }
  });

  it("SE25 write no cookie, token or query into the log", async () => {
    const { id, cookie } = await application.createSessionCookie(await application.createPerson());
    const agent = application.visitor();
    const canary = "canary-7fa3";
    for (const { path, method } of application.routes) {
      const url = `${fill(path, canary)}?code=${canary}&state=${canary}&token=${canary}`;
      const name = method.toLowerCase() as "get" | "post" | "put" | "patch" | "delete";
      await agent[name](url).set("Cookie", cookie).type("form").send({ name: "", canary });
    }
    await agent.get(`/${canary}`).set({ "User-Agent": canary, Referer: `http://x/${canary}` });
    const lines = application.logged();
    expect(lines).toContain('"route":"/o/:slug"');
    for (const secret of [canary, id, cookie.split(".sig=")[1] ?? "-"]) {
      expect(lines).not.toContain(secret);
    }
  });
});

describe("behind a proxy that is trusted", () => {
  const proxied = useApplication({
    environment: { TRUSTED_PROXY_HOPS: "1" },
    dependencies: { signInLimit: { attempts: 2, seconds: 60 } },
  });

  it("CS10 limits by the address that the proxy saw, not by one that the client claims", async () => {
    const start = (forwardedFor: string) =>
      proxied.visitor().get("/sign-in").set("X-Forwarded-For", forwardedFor);
    expect((await start("1.1.1.1, 192.0.2.1")).status).toBe(503);
    expect((await start("2.2.2.2, 192.0.2.1")).status).toBe(503);
    const third = await start("3.3.3.3, 192.0.2.1");
    expect(third.status).toBe(429);
    expect(Number(third.headers["retry-after"])).toBeGreaterThan(0);
    expect((await start("3.3.3.3, 192.0.2.2")).status).toBe(503);
  });
});
