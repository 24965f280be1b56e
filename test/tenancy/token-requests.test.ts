import { get } from "node:http";

import { beforeAll, describe, expect, it } from "vitest";

import { hasPermission, permissions, roles } from "../../src/access/roles.ts";
import { isPermission, makePlace } from "../isolation/cast.ts";
import { nameOf, type Place, sampleRequest } from "../isolation/sample-request.ts";
import { audienceOf, type TokenOptions, useTokens } from "../support/organization-tokens.ts";
import { readEverythingOf } from "../support/snapshot.ts";
import { bearer, createClient, isOfApi, join } from "./token-client.ts";

const world = useTokens();
const { application } = world;
const ask = createClient(application);

const apiRoutes = () => application.routes.filter(isOfApi);

describe("the routes that take tokens", () => {
  it("are those of the JSON API, each of one organization, and no page", () => {
    expect(apiRoutes().length).toBeGreaterThan(4);
    for (const route of application.routes) {
      expect(route.takesTokens ?? false, nameOf(route)).toBe(isOfApi(route));
      expect(isPermission(route.access) || !isOfApi(route), nameOf(route)).toBe(true);
    }
  });

  it("work for people who have the role, the membership and a token with the scope", async () => {
    const [expected, actual]: string[][] = [[], []];
    for (const route of apiRoutes()) {
      const place = await makePlace(application);
      for (const role of roles) {
        const person = await join(application, place.organization, role);
        const claims = { scope: route.access };
        const token = await world.tokenFor(person, place.organization, { claims });
        const request = await sampleRequest(application, route, place);
        const { status, code = "done" } = await ask(route, request, bearer(token));
        const name = `${nameOf(route)} as ${role}`;
        actual?.push(`${name}: ${status} ${code}`);
        const isAllowed = isPermission(route.access) && hasPermission(role, route.access);
        const answer = `${route.method === "GET" ? 200 : 204} done`;
        expected?.push(`${name}: ${isAllowed ? answer : "403 request.not_permitted"}`);
      }
    }
    expect(actual).toEqual(expected);
    expect(actual?.length).toBeGreaterThan(19);
  });

  it("TI18 follow a change of role, a suspension or a removal with the very next request: a token tells no role", async () => {
    const [route, place] = [apiRoutes()[0], await makePlace(application)];
    if (!route) throw new Error("There is no API.");
    const person = await join(application, place.organization, "viewer");
    const token = await world.tokenFor(person, place.organization, {
      claims: { organization_roles: ["x:owner"], roles: ["owner"], role: "owner" },
    });
    const suspension = {
      path: `/api/v1/organizations/${place.organization.slug}/members/${place.owner.id}/suspension`,
      query: {},
      body: undefined,
    };
    const list = await sampleRequest(application, route, place);
    const standing = async () => [
      (await ask(route, list, bearer(token))).code ?? "yes",
      (await ask({ method: "PUT" }, suspension, bearer(token))).code ?? "yes",
    ];
    const change = (statement: string) =>
      application.query(`${statement} where user_id = $1`, [person.id]);
    expect(await standing()).toEqual(["yes", "request.not_permitted"]);
    await change("update memberships set role = 'admin'");
    expect(await standing()).toEqual(["yes", "member.owner_untouchable"]);
    await change("update memberships set suspended_at = now()");
    expect(await standing()).toEqual(["membership.suspended", "membership.suspended"]);
    await change("delete from memberships");
    expect(await standing()).toEqual(["request.not_found", "request.not_found"]);
  });

  it("refuse what the token's scopes do not name, whatever the role", async () => {
    for (const route of apiRoutes()) {
      const place = await makePlace(application);
      const request = await sampleRequest(application, route, place);
      await world.linkToLogto(place.organization);
      const before = await readEverythingOf(application, place.organization);
      const others = permissions.filter((each) => each !== route.access).join(" ");
      for (const scope of [
        "",
        undefined,
        others,
        `${route.access}x`,
        route.access.toUpperCase(),
        "all",
        "*",
      ]) {
        const token = await world.tokenFor(place.owner, place.organization, { claims: { scope } });
        const answer = await ask(route, request, bearer(token));
        expect(answer, `${nameOf(route)} for "${scope}"`).toMatchObject({
          status: 403,
          code: "token.insufficient_scope",
          challenge: `Bearer error="insufficient_scope", scope="${route.access}"`,
        });
      }
      expect(await readEverythingOf(application, place.organization)).toEqual(before);
    }
  });
});

describe("an invalid token", () => {
  let place: Place;
  let other: Place;
  beforeAll(async () => {
    [place, other] = [await makePlace(application), await makePlace(application)];
  });

  /** Each with its name. Every test makes its own. */
  async function makeBadTokens(): Promise<[string, string][]> {
    const { owner, organization } = place;
    const valid = (options?: TokenOptions) => world.tokenFor(owner, organization, options);
    const now = Math.floor(Date.now() / 1000);
    const logtoId = await world.linkToLogto(organization);
    const { issuer } = world;
    const suspended = await join(application, organization, "owner");
    const deleted = await join(application, organization, "owner");
    const tokens: [string, string][] = [
      ["garbage", "garbage"],
      ["empty", ""],
      ["expired", await valid({ claims: { iat: now - 7200, exp: now - 3600 } })],
      ["without a signature", await valid({ algorithm: "none" })],
      ["an ID token", await valid({ typ: "JWT", claims: { aud: issuer.appId } })],
      ["for another organization of theirs", await world.tokenFor(owner, other.organization)],
      ["for no organization of ours", await valid({ claims: { aud: audienceOf("unknown") } })],
      ["for two", await valid({ claims: { aud: [audienceOf(logtoId), audienceOf("other")] } })],
      ["for our own id of it", await valid({ claims: { aud: audienceOf(organization.id) } })],
      ["for its address", await valid({ claims: { aud: audienceOf(organization.slug) } })],
      ["of an unknown subject", await valid({ claims: { sub: "unknown" } })],
      ["of a subject by our own id", await valid({ claims: { sub: owner.id } })],
      ["of a suspended user", await world.tokenFor(suspended, organization)],
      ["of a deleted account", await world.tokenFor(deleted, organization)],
    ];
    await application.query("update users set suspended_at = now() where id = $1", [suspended.id]);
    await application.query("update users set deleted_at = now() where id = $1", [deleted.id]);
    return tokens;
  }

  it("TI18 is 401 with the same bytes at every route, whatever is wrong with it, and changes nothing", async () => {
    await application.addMember(other.organization, place.owner, "owner");
    const tokens = await makeBadTokens();
    for (const route of apiRoutes()) {
      const request = await sampleRequest(application, route, place);
      const before = await readEverythingOf(application, place.organization);
      const texts = new Set<string>();
      for (const [name, token] of tokens) {
        const answer = await ask(route, request, bearer(token));
        expect(answer, `${nameOf(route)} with one ${name}`).toMatchObject({
          status: 401,
          code: "token.invalid",
          challenge: 'Bearer error="invalid_token"',
        });
        texts.add(answer.text);
      }
      expect(texts.size).toBe(1);
      expect(await readEverythingOf(application, place.organization)).toEqual(before);
      // The request itself is valid.
      const valid = await ask(
        route,
        request,
        bearer(await world.tokenFor(place.owner, place.organization)),
      );
      expect([200, 204], `${nameOf(route)}: ${valid.text}`).toContain(valid.status);
    }
  });

  it("TI01 reveals nothing: another organization and an unknown one are the same bytes", async () => {
    const stranger = await makePlace(application);
    const token = await world.tokenFor(place.owner, place.organization);
    await world.linkToLogto(stranger.organization);
    for (const route of apiRoutes()) {
      const foreign = await sampleRequest(application, route, stranger);
      const path = foreign.path.replace(stranger.organization.slug, "no-such-organization");
      const seen = await ask(route, foreign, bearer(token));
      expect(seen.status, nameOf(route)).toBe(401);
      expect(seen, nameOf(route)).toEqual(await ask(route, { ...foreign, path }, bearer(token)));
    }
  });

  it("TI01 is 404 for a person who is no member here, though they are one at Logto", async () => {
    const stranger = await application.createPerson();
    const token = await world.tokenFor(stranger, place.organization);
    for (const route of apiRoutes()) {
      const request = await sampleRequest(application, route, place);
      expect(await ask(route, request, bearer(token))).toMatchObject({
        status: 404,
        code: "request.not_found",
      });
    }
  });

  it("is requested without a reason if it is missing", async () => {
    for (const route of apiRoutes()) {
      const request = await sampleRequest(application, route, place);
      for (const headers of [{}, { authorization: "Basic b2xpdmlhOmE=" }, { authorization: "" }]) {
        expect(await ask(route, request, headers), nameOf(route)).toMatchObject({
          status: 401,
          code: "request.not_signed_in",
          challenge: "Bearer",
        });
      }
    }
  });

  it("is refused in two headers, and ignored in the address", async () => {
    const [route] = apiRoutes();
    if (!route) throw new Error("There is no API.");
    const request = await sampleRequest(application, route, place);
    const token = await world.tokenFor(place.owner, place.organization);
    const url = `${application.baseUrl}${request.path}`;
    const inAddress = await fetch(`${url}?access_token=${token}`);
    expect(inAddress.status).toBe(401);
    const status = await new Promise((resolve, reject) => {
      const headers = [
        "Host",
        "localhost",
        "Authorization",
        `Bearer ${token}`,
        "Authorization",
        "Bearer x",
      ];
      get(url, { headers }, ({ statusCode }) => resolve(statusCode)).on("error", reject);
    });
    expect(status).toBe(400);
  });
});
