import supertest from "supertest";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { writeTable } from "../../dev/documents/roles.ts";
import { type Database, openDatabase } from "../../src/database/database.ts";
import { makePlace, prepareFor } from "../isolation/cast.ts";
import {
  type DeclaredRoute,
  nameOf,
  sampleRequest,
  type SampleRequest,
  send,
} from "../isolation/sample-request.ts";
import { type Person, useApplication } from "../support/application.ts";
import { startWireMeter, type WireMeter } from "../support/wire-meter.ts";
import { prepareWrite } from "./prepared-write.ts";

const application = useApplication();
let meter: WireMeter;
let database: Database;
let metered: Awaited<ReturnType<typeof application.startSecond>>;

beforeAll(async () => {
  meter = await startWireMeter(application.config.database.url);
  database = openDatabase({
    url: meter.url,
    poolSize: 3,
    logger: { warn: () => undefined },
    slowness: 10,
  });
  metered = await application.startSecond(database);
});
afterAll(async () => {
  await metered.stop();
  await database.close();
  await meter.close();
});

/** A browser of a person who has just signed in, at the instance that is measured. */
async function open(person: Person) {
  const { cookie } = await application.createSessionCookie(person);
  await application.query("update sessions set authenticated_at = now() where user_id = $1", [
    person.id,
  ]);
  return supertest
    .agent(metered.baseUrl)
    .set({ Accept: "text/html", "Sec-Fetch-Site": "same-origin", Cookie: cookie });
}

/** An owner, and a request of theirs that the route fulfils. */
async function prepare(route: DeclaredRoute): Promise<{ owner: Person; request: SampleRequest }> {
  if (route.method !== "GET") return prepareWrite(application, route);
  const place = await makePlace(application);
  const request = await sampleRequest(application, route, place);
  await prepareFor(application, route, place);
  return { owner: place.owner, request };
}

async function measureRoute(route: DeclaredRoute): Promise<string[]> {
  const { owner, request } = await prepare(route);
  const agent = await open(owner);
  let status = 0;
  const { trips, statements } = await meter.measure(async () => {
    ({ status } = await send(agent, route, request));
  });
  const figures = status < 400 ? [String(trips), String(statements)] : ["–", "–"];
  return [`\`${nameOf(route)}\``, ...figures, route.read ? "yes" : ""];
}

const describeTrips = (rows: readonly string[][]) => `# Round trips

How often each route asks PostgreSQL and waits for the answer, and how many statements it sends. Each request is made by an owner and
fulfilled. "Reads at once": the route declares its read, which goes out together with the authentication
([decision 027](decisions/027-one-flush-a-request.md)).

A test measures every route on the wire and compares it with this page, so no route becomes dearer unnoticed:
\`npx vitest run test/tenancy/round-trips.test.ts\`. With \`--update\`, it writes the page. "–": the request needs another server or a secret, and fails in the test.

Some reads need more than one statement, and use Prisma:

- The list of requests to join: each ground for a request describes itself.
- The settings, for owners only: the members who can become the owner.
- The connections with Hugging Face: whether the reader has linked an account.
- The list of organizations: each way to join looks for its own options.
- The way back from the identity provider's account pages: what the person changed there is written first.
- The export of the audit log: the limit is counted before the first of many reads.

${writeTable([["route", "round trips", "statements", "reads at once"], ...rows])}
`;

describe("docs/round-trips.md", () => {
  it("has what each route takes: one that became dearer or cheaper differs here", async () => {
    const rows: string[][] = [];
    for (const route of application.routes) rows.push(await measureRoute(route));
    const dear = rows
      .filter(([name, trips, , reads]) => name?.includes("GET") && reads === "yes" && trips !== "1")
      .map(([name]) => name);
    expect(exceptions).toEqual(expect.arrayContaining(dear));
    await expect(describeTrips(rows)).toMatchFileSnapshot("../../docs/round-trips.md");
  });
});

/** Pages that declare a read, and look once more. */
const exceptions = ["`GET /organizations`", "`GET /o/:slug/hugging-face`", "`GET /account/return`"];
