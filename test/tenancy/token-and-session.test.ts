import { describe, expect, it } from "vitest";

import { changeRole } from "../../src/memberships/member.ts";
import { changeSettings } from "../../src/organizations/settings.ts";
import { makePlace } from "../isolation/cast.ts";
import { nameOf, sampleRequest } from "../isolation/sample-request.ts";
import { actorIn, attempt } from "../support/acting.ts";
import { signToken, useTokens } from "../support/organization-tokens.ts";
import { bearer, createClient, isOfApi, join } from "./token-client.ts";
import { markDeleted } from "../support/world.ts";

const world = useTokens();
const { application } = world;
const ask = createClient(application);

const apiRoutes = () => application.routes.filter(isOfApi);

describe("a token beside a cookie", () => {
  it("alone authenticates the request: the cookie counts on no route", async () => {
    const place = await makePlace(application);
    const { cookie } = await application.createSessionCookie(place.owner);
    const viewer = await join(application, place.organization, "viewer");
    const token = await world.tokenFor(viewer, place.organization);
    for (const route of application.routes.filter(
      ({ access }) => access !== "public" && access !== "visitor",
    )) {
      const request = await sampleRequest(application, route, place);
      const both = await ask(route, request, {
        ...bearer(token),
        cookie,
        accept: "application/json",
      });
      const name = `${nameOf(route)}: ${both.text}`;
      const isForViewers = route.takesTokens === true && route.access === "member:read";
      const refusal = route.takesTokens ? "request.not_permitted" : "request.not_signed_in";
      expect(both.code, name).toBe(isForViewers ? undefined : refusal);
      const bad = await ask(route, request, {
        ...bearer("x"),
        cookie,
        accept: "application/json",
      });
      expect(bad.status, name).toBe(401);
    }
    expect((await fetch(`${application.baseUrl}/account`, { headers: { cookie } })).status).toBe(
      200,
    );
  });

  it("CS01 signs nobody out: the routes see no cookie", async () => {
    const person = await application.createPerson();
    const { cookie } = await application.createSessionCookie(person);
    const headers = { cookie, ...bearer("x"), origin: "https://evil.example" };
    await fetch(`${application.baseUrl}/sign-out`, { method: "POST", headers, redirect: "manual" });
    expect((await fetch(`${application.baseUrl}/account`, { headers: { cookie } })).status).toBe(
      200,
    );
  });

  it("CS01 is accepted from any Origin; without the token the same write is refused", async () => {
    const place = await makePlace(application);
    const { cookie } = await application.createSessionCookie(place.owner);
    const token = await world.tokenFor(place.owner, place.organization);
    const route = apiRoutes().find(({ method }) => method === "PUT");
    if (!route) throw new Error("Nothing is written.");
    for (const headers of [
      {},
      { origin: "https://evil.example" },
      { "sec-fetch-site": "cross-site" },
    ]) {
      const request = await sampleRequest(application, route, place);
      const refused = await ask(route, request, { cookie, ...headers });
      expect(refused).toMatchObject({ status: 403, code: "request.cross_site" });
      const done = await ask(route, request, { cookie, ...headers, ...bearer(token) });
      expect(done.status, done.text).toBe(204);
    }
  });
});

describe("a request with a token", () => {
  it("RB08 makes nobody an owner: that needs re-authentication, which no token proves", async () => {
    const place = await makePlace(application);
    const member = await join(application, place.organization, "member");
    const token = await world.tokenFor(place.owner, place.organization);
    const path = `/api/v1/organizations/${place.organization.slug}/members/${member.id}/role`;
    const request = { path, query: {}, body: { role: "owner" } };
    expect(await ask({ method: "PUT" }, request, bearer(token))).toMatchObject({
      status: 403,
      code: "auth.reauthentication_required",
    });
  });

  it("is checked for its scope again when the change is made", async () => {
    const { owner, organization } = await makePlace(application);
    const member = await join(application, organization, "member");
    const change = (scopes: string[]) =>
      attempt(
        changeRole(
          application.database,
          { ...actorIn(owner, organization), scopes: new Set(scopes) },
          { userId: member.id, role: "viewer" },
        ),
      );
    expect(await change(["member:read", "member:remove"])).toBe("token.insufficient_scope");
    expect(await change(["member:update"])).toBe("done");
  });

  it("is redirected from a former address of the organization, and is 404 for a deleted one", async () => {
    const place = await makePlace(application);
    const token = await world.tokenFor(place.owner, place.organization);
    const former = place.organization.slug;
    const rename = `${former}-now`;
    const actor = actorIn(place.owner, place.organization);
    await changeSettings(application.database, actor, { slug: rename });
    const at = (slug: string) => `${application.baseUrl}/api/v1/organizations/${slug}/members`;
    const moved = await fetch(at(former), { headers: bearer(token), redirect: "manual" });
    expect([moved.status, moved.headers.get("location")]).toEqual([
      308,
      `/api/v1/organizations/${rename}/members`,
    ]);
    expect((await fetch(at(rename), { headers: bearer(token) })).status).toBe(200);
    await markDeleted(application, place.organization);
    expect((await fetch(at(rename), { headers: bearer(token) })).status).toBe(404);
  });

  it("is 503 where the provider's keys cannot be loaded", async () => {
    const place = await makePlace(application);
    const token = await world.tokenFor(place.owner, place.organization);
    const second = await application.startSecond();
    world.issuer.faults = { discovery: { status: 503 } };
    try {
      const url = `${second.baseUrl}/api/v1/organizations/${place.organization.slug}/members`;
      const answer = await fetch(url, { headers: bearer(token) });
      expect(answer.status).toBe(503);
      expect(Number(answer.headers.get("retry-after"))).toBeGreaterThan(0);
      expect(await answer.json()).toMatchObject({ code: "token.unverifiable" });
    } finally {
      world.issuer.faults = {};
      await second.stop();
    }
  });

  it("SE25 SC03 leaves no token in the log, accepted or not", async () => {
    const place = await makePlace(application);
    const tokens = [
      await world.tokenFor(place.owner, place.organization),
      await signToken(world.issuer, { claims: { sub: "canary-4b1d" } }),
      await signToken(world.issuer, { typ: "JWT", claims: { sub: "canary-4b1d" } }),
      "canary-4b1d",
    ];
    for (const route of application.routes) {
      const request = await sampleRequest(application, route, place);
      for (const token of tokens) await ask(route, request, bearer(token));
    }
    const lines = application.logged();
    expect(lines).toContain("access token refused");
    expect(lines).not.toContain("canary-4b1d");
    for (const token of tokens) {
      for (const part of token.split(".")) expect(lines).not.toContain(part);
    }
  });
});

describe("an organization over its quota", () => {
  const busy = useTokens({ environment: { ORGANIZATION_REQUESTS_PER_MINUTE: "10" } });

  it("TI21 has one quota for sessions and tokens; bad tokens do not use it up", async () => {
    const owner = await busy.application.createPerson();
    const organization = await busy.application.createOrganization(owner);
    const token = await busy.tokenFor(owner, organization);
    const path = `/api/v1/organizations/${organization.slug}/members`;
    const list = (value: string) =>
      fetch(`${busy.application.baseUrl}${path}`, { headers: bearer(value) });
    for (let turn = 0; turn < 10; turn += 1) expect((await list("x")).status).toBe(401);
    for (let turn = 0; turn < 5; turn += 1) expect((await list(token)).status).toBe(200);
    const refused = await list(token);
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
    expect((await (await busy.application.signInAs(owner)).get(path)).status).toBe(429);
  });
});
