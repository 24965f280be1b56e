import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { type IncomingMessage, request as openRequest } from "node:http";

import { describe, expect, it } from "vitest";

import { hasPermission } from "../../src/access/roles.ts";
import { useApplication } from "../support/application.ts";
import { isPermission, makePlace, prepareFor } from "./cast.ts";
import { nameOf, sampleRequest, send } from "./sample-request.ts";
import { readEverythingOf } from "../support/snapshot.ts";

const application = useApplication();

const listRoutes = () => application.routes.filter(({ access }) => isPermission(access));

/** Requests a path exactly as written; most clients normalize paths. */
async function askRaw(method: string, path: string, cookie: string): Promise<number> {
  const { port } = new URL(application.baseUrl);
  const headers = { cookie, "sec-fetch-site": "same-origin", host: `localhost:${port}` };
  const outgoing = openRequest({ port, path, method, headers, agent: false });
  outgoing.end();
  const [incoming]: IncomingMessage[] = await once(outgoing, "response");
  incoming?.resume();
  return incoming?.statusCode ?? 0;
}

/** Other spellings of a path that a proxy or a careless router may treat as equal. */
function respell(path: string): string[] {
  const [, first = "", ...rest] = path.split("/");
  const tail = rest.join("/");
  return [
    path.toUpperCase(),
    `/${first.toUpperCase()}/${tail}`,
    `${path}/`,
    `/${path}`,
    `/${first}//${tail}`,
    `/./${first}/${tail}`,
    `/x/../${first}/${tail}`,
    `/${first}/%2e/${tail}`,
    `/${first}/%2e%2e/${first}/${tail}`,
    `/${first}%2f${tail}`,
    `/${first}%5c${tail}`,
    `/${first}\\${tail}`,
    `${path}%00`,
    `${path};x=1`,
    `${path}.json`,
    `http://elsewhere.example${path}`,
  ];
}

describe("every route of an organization", () => {
  it("TI07 admits nobody else by another spelling of its address", async () => {
    const place = await makePlace(application);
    const [outsider, viewer] = [await application.createPerson(), await application.createPerson()];
    const cookies = {
      outsider: (await application.createSessionCookie(outsider)).cookie,
      viewer: (await application.createSessionCookie(viewer)).cookie,
    };
    await application.addMember(place.organization, viewer, "viewer");
    const samples = [];
    for (const route of listRoutes()) {
      samples.push({ route, path: (await sampleRequest(application, route, place)).path });
    }
    const before = await readEverythingOf(application, place.organization);
    const letIn: string[] = [];
    for (const { route, path } of samples) {
      const isForViewers = isPermission(route.access) && hasPermission("viewer", route.access);
      for (const cookie of isForViewers ? [cookies.outsider] : Object.values(cookies)) {
        for (const spelling of [path, ...respell(path)]) {
          const status = await askRaw(route.method, spelling, cookie);
          if (![400, 403, 404, 405].includes(status))
            letIn.push(`${route.method} ${spelling}: ${status}`);
        }
      }
    }
    expect(letIn).toEqual([]);
    expect(await readEverythingOf(application, place.organization)).toEqual(before);
  });

  it("TI04 refuses unknown fields, such as an organization, a person and a role", async () => {
    const place = await makePlace(application);
    const other = await makePlace(application);
    const agent = await application.signInAs(place.owner);
    await application.query("update sessions set authenticated_at = now()");
    const extras = {
      organizationId: other.organization.id,
      organization_id: other.organization.id,
      tenantId: other.organization.id,
      id: randomUUID(),
      ownerId: place.owner.id,
      createdById: place.owner.id,
      userId: place.owner.id,
      role: "owner",
      permissions: "everything",
      deletedAt: "",
    };
    let refused = 0;
    for (const route of listRoutes().filter(({ body }) => body !== undefined)) {
      const request = await sampleRequest(application, route, place);
      const before = [
        await readEverythingOf(application, place.organization),
        await readEverythingOf(application, other.organization),
      ];
      for (const [name, value] of Object.entries(extras)) {
        if (name in (request.body ?? {})) continue;
        const answer = await send(agent, route, {
          ...request,
          body: { ...request.body, [name]: value },
        });
        expect(answer.status, `${nameOf(route)} with ${name}`).toBe(422);
        refused += 1;
      }
      expect([
        await readEverythingOf(application, place.organization),
        await readEverythingOf(application, other.organization),
      ]).toEqual(before);
    }
    expect(refused).toBeGreaterThan(30);
  });

  it("TI22 forbids caches to keep an answer, and has no validators", async () => {
    const place = await makePlace(application);
    const agent = await application.signInAs(place.owner);
    for (const route of listRoutes().filter(({ method }) => method === "GET")) {
      const request = await sampleRequest(application, route, place);
      await prepareFor(application, route, place);
      const { status, headers } = await send(agent, route, request).set({
        "If-None-Match": "*",
        "If-Modified-Since": new Date(Date.now() + 86_400_000).toUTCString(),
      });
      // A stream leads readers who do not follow it to the page of its list.
      expect(status, nameOf(route)).toBe(route.path.includes("/live/") ? 303 : 200);
      expect(headers, nameOf(route)).toMatchObject({ "cache-control": "no-store" });
      expect(headers, nameOf(route)).not.toHaveProperty("etag");
      expect(headers, nameOf(route)).not.toHaveProperty("last-modified");
    }
  });
});

describe("one person in two organizations", () => {
  it("TI17 writes to the organization of the address, however the tabs interleave", async () => {
    const person = await application.createPerson();
    const organizations = [
      await application.createOrganization(person),
      await application.createOrganization(person),
    ];
    const agent = await application.signInAs(person);
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) => {
        const place = index % 2;
        return agent
          .post(`/o/${organizations[place]?.slug}/settings`)
          .type("form")
          .send({ name: `Tab ${place} says ${index}` });
      }),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([303]));
    for (const [place, { id }] of organizations.entries()) {
      const [row] = await application.query<{ name: string; names: string[] }>(
        `select name, (select array_agg(details->>'to') from audit_events
                        where organization_id = $1 and action = 'organization.renamed') as names
           from organizations where id = $1`,
        [id],
      );
      expect(row?.names).toHaveLength(10);
      for (const name of [row?.name, ...(row?.names ?? [])])
        expect(name).toContain(`Tab ${place} `);
    }
  });
});

describe("a row's id", () => {
  it("TI14 reveals nothing: an id that another organization uses is free here", async () => {
    const [mine, theirs] = [await makePlace(application), await makePlace(application)];
    const before = await readEverythingOf(application, theirs.organization);
    const [event] = await application.query<{ id: string }>(
      "select id from audit_events where organization_id = $1",
      [theirs.organization.id],
    );
    const organizationId = mine.organization.id;
    const written = await application.database.forOrganization(organizationId, (tx) =>
      tx.auditEvent.create({
        data: {
          organizationId,
          id: event?.id ?? "",
          action: "x.done",
          targetType: "x",
          targetId: "x",
        },
      }),
    );
    expect(written.id).toBe(event?.id);
    expect(await readEverythingOf(application, theirs.organization)).toEqual(before);
  });
});
