import { randomUUID } from "node:crypto";

import { describe, expect, it } from "vitest";

import { type Agent, useApplication } from "../support/application.ts";
import { someOf } from "../support/endurance.ts";
import { readEverythingOf } from "../support/snapshot.ts";
import { assembleCast, characters, expectRefusal, isPermission, prepareFor } from "./cast.ts";
import {
  type DeclaredRoute,
  listParams,
  nameOf,
  sampleRequest,
  type SampleRequest,
  send,
} from "./sample-request.ts";
import { markDeleted } from "../support/world.ts";

const application = useApplication();

/** The refusals that depend on the principal; any other answer is about the request itself. */
const refusals = new Set([
  "request.not_signed_in",
  "request.not_found",
  "membership.suspended",
  "request.not_permitted",
]);

const ofOrganizations = () => application.routes.filter(({ access }) => isPermission(access));

/** An answer without the parts that differ each time. */
async function readAnswer(agent: Agent, route: DeclaredRoute, request: SampleRequest) {
  const answer = await send(agent, route, request);
  const { "x-request-id": requestId = "-", date: _date, ...headers } = answer.headers;
  return { status: answer.status, headers, text: answer.text.replaceAll(requestId, "") };
}

describe("the matrix of routes and people", () => {
  it("TI01 TI06 RB01 admits exactly the people whom the declared access admits, and refuses the others", async () => {
    const expected: string[] = [];
    const actual: string[] = [];
    const unfulfilled: string[] = [];
    const audience = await assembleCast(application);
    const reading = application.routes.filter(({ method }) => method === "GET");
    const changing = application.routes.filter(({ method }) => method !== "GET");
    for (const route of [...reading, ...someOf(changing)]) {
      // A change may change the memberships of the cast.
      const cast = route.method === "GET" ? audience : await assembleCast(application);
      let request = await sampleRequest(application, route, cast);
      await prepareFor(application, route, cast);
      for (const character of characters) {
        const answer = await send(cast.agents[character], route, request);
        const { code = "" } = answer.body as { code?: string };
        const name = `${nameOf(route)} as ${character}`;
        const isAnswered = !refusals.has(code) && !code.startsWith("server.");
        actual.push(`${name}: ${isAnswered ? "let through" : code}`);
        expected.push(`${name}: ${expectRefusal(route, character) ?? "let through"}`);
        if (character === "owner" && isPermission(route.access) && answer.status >= 400)
          unfulfilled.push(`${nameOf(route)}: ${code}`);
        if (!isAnswered || route.method === "GET" || character === "owner") continue;
        // Prepares the request again for the next one.
        await prepareFor(application, { ...route, access: "public" }, cast);
        request = await sampleRequest(application, route, cast);
        await prepareFor(application, route, cast);
      }
    }
    expect(actual).toEqual(expected);
    expect(actual.length).toBeGreaterThan(100);
    // Otherwise the requests were invalid, and the matrix proves little.
    expect(unfulfilled).toEqual([]);
  });
});

describe("the answers for unknown things and for those of another organization", () => {
  it("TI01 are the same bytes to outsiders, to former members, and for a deleted organization", async () => {
    const cast = await assembleCast(application);
    const gone = await assembleCast(application);
    for (const route of ofOrganizations()) {
      const request = await sampleRequest(application, route, cast);
      await prepareFor(application, route, cast);
      const replace = (slug: string) => ({
        ...request,
        path: request.path.replace(`/${cast.organization.slug}`, `/${slug}`),
      });
      const missing = replace("no-such-organization");
      for (const character of ["outsider", "ex-member"] as const) {
        const agent = cast.agents[character];
        const seen = await readAnswer(agent, route, request);
        expect(seen.status, nameOf(route)).toBe(404);
        expect(seen, nameOf(route)).toEqual(await readAnswer(agent, route, missing));
      }
      await markDeleted(application, gone.organization);
      if (isOpenForDeleted(route)) continue;
      // Its owner learns that they can restore it (SE29).
      const toAdmin = await readAnswer(gone.agents.admin, route, replace(gone.organization.slug));
      expect(toAdmin, nameOf(route)).toEqual(await readAnswer(gone.agents.admin, route, missing));
    }
  });

  it("TI01 TI02 TI03 TI08 AP05 are the same bytes in every parameter of every route, to an owner, who may be an admin there", async () => {
    const mine = await assembleCast(application);
    const theirs = await assembleCast(application);
    await application.addMember(theirs.organization, mine.owner, "admin");
    let compared = 0;
    for (const route of ofOrganizations()) {
      for (const name of listParams(route).filter((each) => each !== "slug")) {
        const own = await sampleRequest(application, route, mine);
        const foreign = await sampleRequest(application, route, theirs);
        const position = route.path.split("/").indexOf(`:${name}`);
        const withParam = (value: string) => {
          const segments = own.path.split("/");
          segments[position] = value;
          return { ...own, path: segments.join("/") };
        };
        const ask = (value: string) => readAnswer(mine.agents.owner, route, withParam(value));
        const missing = await ask(randomUUID());
        expect(missing.status, nameOf(route)).toBe(404);
        const theirId = foreign.path.split("/")[position] ?? "";
        const before = await readEverythingOf(application, theirs.organization);
        const strange = [theirId, theirId.toUpperCase(), "1", "null", "%2e%2e", "x".repeat(5_000)];
        for (const value of strange) expect(await ask(value), nameOf(route)).toEqual(missing);
        const after = await readEverythingOf(application, theirs.organization);
        expect(after, nameOf(route)).toEqual(before);
        compared += 1;
      }
    }
    expect(compared).toBeGreaterThan(3);
  });

  it("TI03 are the same bytes in every field of a body that names a person, to an owner", async () => {
    const mine = await assembleCast(application);
    const theirs = await assembleCast(application);
    for (const route of ofOrganizations()) {
      const own = await sampleRequest(application, route, mine);
      if (own.body?.["userId"] === undefined) continue;
      const foreign = await sampleRequest(application, route, theirs);
      const ask = (userId: unknown) =>
        readAnswer(mine.agents.owner, route, { ...own, body: { ...own.body, userId } });
      const missing = await ask(randomUUID());
      expect([404, 422], nameOf(route)).toContain(missing.status);
      expect(await ask(foreign.body?.["userId"]), nameOf(route)).toEqual(missing);
    }
  });
});

const isOpenForDeleted = ({ access }: DeclaredRoute) => access === "organization:restore";
