import pg from "pg";
import { describe, expect, it, vi } from "vitest";

import { hasPermission } from "../../src/access/roles.ts";
import { type Person, useApplication } from "../support/application.ts";
import { someOf } from "../support/endurance.ts";
import { isPermission, prepareFor } from "./cast.ts";
import { type DeclaredRoute, sampleRequest, send } from "./sample-request.ts";
import { readEverythingOf } from "../support/snapshot.ts";
import { doOpposite } from "../tenancy/prepared-write.ts";

const application = useApplication();

const listWrites = () =>
  someOf(
    application.routes.filter(({ method, access }) => method !== "GET" && isPermission(access)),
  );

/** An organization with two owners; the second one is about to lose a role. */
async function assemble() {
  const owner = await application.createPerson();
  const organization = await application.createOrganization(owner);
  const person = await application.createPerson();
  await application.addMember(organization, person, "owner");
  const agent = await application.signInAs(person);
  await application.query("update sessions set authenticated_at = now() where user_id = $1", [
    person.id,
  ]);
  return { organization, owner, person, agent };
}

/**
 * Sends a request, and takes the person's role away after it was authorized and before it has changed anything: another
 * transaction holds a lock that it needs, until it waits.
 */
async function sendAndLose(
  route: DeclaredRoute,
  loss: string,
  { organization, owner, person, agent }: Awaited<ReturnType<typeof assemble>> & { person: Person },
) {
  const request = await sampleRequest(application, route, { organization, owner });
  // Where the route reads a row first, a restored one needs no restoration: nothing is changed, and nothing waits.
  if (route.read && route.path.endsWith("/restoration")) {
    const ofOwner = await application.signInAs(owner, { authenticationAge: 5 });
    const place = { organization, owner };
    await doOpposite(application, route, { place, request, agent: ofOwner });
  }
  await prepareFor(application, route, { organization, owner });
  const client = new pg.Client({ connectionString: application.config.database.url });
  await client.connect();
  try {
    await client.query("begin");
    await client.query("select from organizations where id = $1 for no key update", [
      organization.id,
    ]);
    await client.query(`${loss} where organization_id = $1 and user_id = $2`, [
      organization.id,
      person.id,
    ]);
    const answering = send(agent, route, request).then((answer) => answer);
    await vi.waitFor(
      async () => {
        const waiting = await application.query(
          "select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
        );
        expect(waiting, `${route.method} ${route.path} waits`).toHaveLength(1);
      },
      { timeout: 20_000, interval: 5 },
    );
    const before = await readEverythingOf(
      { query: async (text, values) => (await client.query(text, values)).rows },
      organization,
    );
    await client.query("commit");
    const { body } = await answering;
    return { code: (body as { code?: string }).code, before };
  } finally {
    await client.end();
  }
}

describe("every route that changes something", () => {
  it("RB08 is refused if the membership ended while the request ran, and changes nothing", async () => {
    for (const route of listWrites()) {
      for (const loss of [
        "delete from memberships",
        "update memberships set suspended_at = now()",
      ]) {
        const place = await assemble();
        const { code } = await sendAndLose(route, loss, place);
        expect(code, `${route.method} ${route.path}`).toBe("request.not_found");
      }
    }
    expect(listWrites().length).toBeGreaterThan(4);
  });

  it("RB08 is refused if the role was lowered while the request ran, and changes nothing", async () => {
    const above = listWrites().filter(
      ({ access }) => isPermission(access) && !hasPermission("viewer", access),
    );
    for (const route of above) {
      const place = await assemble();
      const { code, before } = await sendAndLose(
        route,
        "update memberships set role = 'viewer'",
        place,
      );
      expect(code, `${route.method} ${route.path}`).toBe("request.not_permitted");
      expect(
        await readEverythingOf(application, place.organization),
        `${route.method} ${route.path}`,
      ).toEqual(before);
    }
    expect(above.length).toBeGreaterThan(4);
  });
});
