import { isDeepStrictEqual } from "node:util";

import pino from "pino";
import supertest from "supertest";
import { describe, expect, it } from "vitest";

import { openDatabase } from "../../src/database/database.ts";
import { type Agent, type Person, useApplication } from "../support/application.ts";
import { isSlowRun } from "../support/endurance.ts";
import { isPermission, makePlace, prepareFor } from "./cast.ts";
import { remembersOrganization, type Statement, startForgetfulProxy } from "./forgetful-proxy.ts";
import {
  type DeclaredRoute,
  listParams,
  nameOf,
  type Place,
  type SampleRequest,
  sampleRequest,
  send,
} from "./sample-request.ts";
import { readEverythingOf } from "../support/snapshot.ts";

const application = useApplication();

/**
 * Two organizations: the owner of the first one is only a viewer in the second one, which has one of everything that an
 * organization can have.
 */
async function assemble(known?: Place): Promise<{ mine: Place; theirs: Place }> {
  const [mine, theirs] = [await makePlace(application), known ?? (await makePlace(application))];
  await application.addMember(theirs.organization, mine.owner, "viewer");
  if (known) return { mine, theirs };
  // One route for each kind of thing.
  for (const route of new Map(
    listRoutes().map((each) => [listParams(each).join(), each]),
  ).values()) {
    await sampleRequest(application, route, theirs);
  }
  return { mine, theirs };
}

const listRoutes = () => application.routes.filter(({ access }) => isPermission(access));

/** One session, as a browser at the forgetful instance and one at the sound instance. */
async function signIn(person: Person, baseUrls: string[]): Promise<Agent[]> {
  const { cookie } = await application.createSessionCookie(person);
  await application.query("update sessions set authenticated_at = now() where user_id = $1", [
    person.id,
  ]);
  return baseUrls.map((baseUrl) =>
    supertest
      .agent(baseUrl)
      .set({ Accept: "text/html", "Sec-Fetch-Site": "same-origin", Cookie: cookie }),
  );
}

type Outcome = {
  /**
   * The routes that reached the other organization: they showed or changed something of it, found something of it, or failed.
   */
  reached: Set<string>;
  /** The routes with a statement whose filter was disabled. */
  forgetful: Set<string>;
  statements: Statement[];
};

/**
 * Calls every route of an organization at an instance whose statements have lost their filters: as its owner, with its own
 * things, and with those of another organization.
 *
 * @param options of the connection; they set the role, and so decide whether row-level security applies
 */
async function callEverything(options?: string): Promise<Outcome> {
  const url = new URL(application.config.database.url);
  if (options) url.searchParams.set("options", options);
  const proxy = await startForgetfulProxy(url.href);
  const logger = pino({ level: "silent" });
  const connections = openDatabase({ url: proxy.url, poolSize: 2, logger, slowness: 10 });
  const instance = await application.startSecond(connections);
  const outcome: Outcome = { reached: new Set(), forgetful: new Set(), statements: [] };
  let places = await assemble();

  async function call(route: DeclaredRoute, source: "mine" | "theirs"): Promise<SampleRequest> {
    const { mine, theirs } = places;
    const slug = { slug: mine.organization.slug };
    const request = await sampleRequest(application, route, places[source], slug);
    for (const place of [mine, theirs]) await prepareFor(application, route, place);
    const [forgetful, sound] = await signIn(mine.owner, [instance.baseUrl, application.baseUrl]);
    const before = await readEverythingOf(application, theirs.organization);
    proxy.takeStatements();
    const answer = await ask(forgetful, route, request);
    const statements = proxy.takeStatements();
    const after = await readEverythingOf(application, theirs.organization);
    outcome.statements.push(...statements);
    if (statements.some(({ isRewritten }) => isRewritten)) outcome.forgetful.add(nameOf(route));
    const isChanged = !isDeepStrictEqual(before, after);
    const isSeen =
      route.method === "GET" && answer.text !== (await ask(sound, route, request)).text;
    const isExpected = source === "mine" ? answer.status < 400 : [404, 422].includes(answer.status);
    if (isChanged || isSeen || !isExpected) outcome.reached.add(nameOf(route));
    await prepareFor(application, { ...route, access: "public" }, theirs);
    if (route.method !== "GET") places = await assemble(isChanged ? undefined : theirs);
    return request;
  }

  try {
    for (const route of listRoutes()) {
      const { body = {} } = await call(route, "mine");
      if (listParams(route).length > 1 || "userId" in body) await call(route, "theirs");
    }
  } finally {
    await instance.stop();
    await connections.close();
    await proxy.close();
  }
  return outcome;
}

async function ask(agent: Agent | undefined, route: DeclaredRoute, request: SampleRequest) {
  if (!agent) throw new TypeError("There is nobody to ask.");
  const { status, text, headers } = await send(agent, route, request);
  return { status, text: text.replaceAll(headers["x-request-id"] ?? "-", "") };
}

/** Routes whose filters only count or compare: without them they reveal nothing of another organization. */
const harmless = new Set([
  "POST /o/:slug/invitations",
  "POST /o/:slug/invitation-links",
  "POST /o/:slug/email-domains",
]);

describe("statements without their filter by organization", () => {
  it("TI09 reach nothing of another organization, on any route", async () => {
    const { reached, forgetful, statements } = await callEverything();
    expect([...reached]).toEqual([]);
    expect(forgetful.size).toBeGreaterThan(10);
    // Otherwise a filter was not recognized, and is still there.
    expect(statements.filter(({ text }) => remembersOrganization(text))).toEqual([]);
  });

  // Proves that the test above could fail.
  it.runIf(isSlowRun())(
    "TI09 would reach it on every such route without row-level security",
    async () => {
      const { reached, forgetful } = await callEverything("-c role=none");
      const unreached = [...forgetful].filter((name) => !reached.has(name));
      expect(unreached.filter((name) => !harmless.has(name))).toEqual([]);
      expect(forgetful.size).toBeGreaterThan(10);
    },
  );
});
