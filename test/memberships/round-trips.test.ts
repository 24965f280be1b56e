import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { type Database, openDatabase } from "../../src/database/database.ts";
import { bearer } from "../tenancy/token-client.ts";
import { useTokens } from "../support/organization-tokens.ts";
import { startWireMeter, type WireMeter } from "../support/wire-meter.ts";
import { assemble, type World } from "./world.ts";

const tokens = useTokens();
const { application } = tokens;
let meter: WireMeter;
let database: Database;
let metered: Awaited<ReturnType<typeof application.startSecond>>;
let world: World;
let cookie: string;

beforeAll(async () => {
  meter = await startWireMeter(application.config.database.url);
  database = openDatabase({
    url: meter.url,
    poolSize: 3,
    logger: { warn: () => {} },
    slowness: 10,
  });
  metered = await application.startSecond(database);
  world = await assemble(application);
  for (let count = 0; count < 20; count += 1) await world.join("member");
  ({ cookie } = await application.createSessionCookie(world.people.owner.person));
});
afterAll(async () => {
  await metered.stop();
  await database.close();
  await meter.close();
});

/** The number of round trips of a page, with an open connection and prepared statements. */
async function countTrips(
  path: string,
  expectedStatus = 200,
  headers: Record<string, string> = { cookie },
): Promise<number> {
  const open = async () => {
    const answer = await fetch(metered.baseUrl + path, {
      headers: { ...headers, accept: "text/html" },
      redirect: "manual",
    });
    await answer.text();
    expect(answer.status, path).toBe(expectedStatus);
  };
  await open();
  return meter.count(open);
}

describe("a list of members", () => {
  it("takes no round trip more than the authentication: on the page and in the API, on every page, with every filter", async () => {
    expect(await countTrips("/", 303)).toBe(1);
    const firstPage = await world.people.owner.agent.get(`${world.api}/members`);
    const { nextCursor } = firstPage.body as { nextCursor: string | null };
    expect(nextCursor).not.toBeNull();
    for (const query of ["", `?cursor=${nextCursor}`, "?search=person", "?role=member&search=p"]) {
      for (const path of [world.path, world.api]) {
        expect(await countTrips(`${path}/members${query}`), path + query).toBe(1);
      }
    }
  });

  it("takes as many with a token", async () => {
    const { organization, people } = world;
    const token = await tokens.tokenFor(people.owner.person, organization);
    expect(await countTrips(`${world.api}/members`, 200, bearer(token))).toBe(1);
    expect(await countTrips(`${world.api}/members`, 401, bearer(`${token}x`))).toBe(0);
  });

  it("is measured by a meter that notices further round trips", async () => {
    // A transaction of Prisma: begin, scope, query, commit.
    expect(
      await meter.count(() =>
        database.forOrganization(world.organization.id, (tx) => tx.membership.findMany()),
      ),
    ).toBe(4);
    expect(await meter.count(() => database.queryPrepared("one", "select 1 as one", []))).toBe(1);
  });
});
