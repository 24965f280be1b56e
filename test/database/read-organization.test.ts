import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";

import { type Database, openDatabase, sharedConnections } from "../../src/database/database.ts";
import { isDatabaseUnavailable } from "../../src/database/faults.ts";
import { type Organization, useApplication } from "../support/application.ts";
import { repetitions } from "../support/endurance.ts";
import { openSingle } from "./fitness.ts";

const application = useApplication();
const turns = repetitions(1_000, 200);
let acme: Organization;
let other: Organization;
let lonely: Database;
beforeAll(async () => {
  acme = await application.createOrganization(await application.createPerson());
  other = await application.createOrganization(await application.createPerson());
  const { url } = application.config.database;
  lonely = openDatabase({ url, poolSize: 1, logger: { warn: () => {} } });
});
afterAll(() => lonely.close());

const read = <Row extends object>(organizationId: string, text: string, values: unknown[] = []) =>
  lonely.readOrganization<Row>(organizationId, { name: text, text, values });

/** A statement that forgot its filter. */
const everything = "select id, pg_sleep($1) is null as slept from organizations";
const idsIn = async ({ id }: Organization) =>
  (await read<{ id: string }>(id, everything, [0])).map((row) => row.id);

const state = {
  name: "state",
  text: `select coalesce(current_setting('app.organization_id', true), '') as scope,
                current_setting('transaction_read_only') as "readOnly",
                (select count(*)::int from organizations) as organizations`,
  values: [],
};

/** That every connection is as it was: out of every transaction, and out of every scope. */
async function expectFresh(database = lonely): Promise<void> {
  const states = await Promise.all(
    Array.from({ length: sharedConnections }, () => database.queryTogether([state])),
  );
  expect(states).toEqual(states.map(() => [[{ scope: "", readOnly: "off", organizations: 0 }]]));
  expect(
    await application.query(
      `select state from pg_stat_activity
        where datname = current_database() and application_name = 'web' and state like 'idle in transaction%'`,
    ),
  ).toEqual([]);
}

describe("readOrganization()", () => {
  it("TI09 shows one organization's rows to a statement that forgot its filter", async () => {
    expect(await idsIn(acme)).toEqual([acme.id]);
    expect(await idsIn(other)).toEqual([other.id]);
    await expectFresh();
  });

  it.each([
    ["a fault in its data", "select 1 / ($1::int - 1)", [1], "22012"],
    ["a fault in its text", "select from nowhere", [], "42P01"],
    ["a value of another type", "select $1::uuid", ["x"], "22P02"],
    ["a value too many", "select 1 as one", [1], "08P01"],
    ["a write", "update memberships set role = role", [], "25006"],
  ])(
    "TI12 TI16 takes %s back, and leaves nothing behind on the connection",
    async (_what, text, values, code) => {
      await expect(read(acme.id, text, values)).rejects.toMatchObject({ code });
      await expectFresh();
      expect(await idsIn(other)).toEqual([other.id]);
    },
  );

  it("TI11 TI12 refuses a value that is no organization's id, and leaves nothing behind", async () => {
    await expect(read("acme", everything, [0])).rejects.toMatchObject({ code: "22P02" });
    await expectFresh();
    expect(await read("", everything, [0])).toEqual([]);
    await expectFresh();
  });

  it("TI12 FA06 abandons a slow statement with its connection, and serves the next one", async () => {
    const slow: unknown = await read(acme.id, everything, [4]).catch((error: unknown) => error);
    expect(isDatabaseUnavailable(slow)).toBe(true);
    expect(await idsIn(other)).toEqual([other.id]);
    await expectFresh();
  });

  it("TI12 FA04 reads again when the server ends the connection in the middle", async () => {
    const cut = read(acme.id, "select pg_sleep(1.4) is null as cut");
    await vi.waitFor(async () => {
      const ended = await application.query(
        `select pg_terminate_backend(pid) from pg_stat_activity
          where datname = current_database() and wait_event = 'PgSleep' and query like '%as cut'`,
      );
      expect(ended).toHaveLength(1);
    });
    expect(await cut).toEqual([{ cut: false }]);
    expect(await idsIn(other)).toEqual([other.id]);
    await expectFresh();
  });

  it(`TI12 shares the connections with ${turns} other requests, faults included, and never mixes them up`, async () => {
    // Twenty that wait for one connection need longer than a second on a busy machine.
    const shared = openSingle(application.config.database.url);
    let wrong = 0;
    let failed = 0;
    const check = (rows: { id: string }[], { id }: Organization) => {
      if (rows.length !== 1 || rows[0]?.id !== id) wrong += 1;
    };
    const divideByZero = "select 1 / ($1::int - 1)";
    const readShared = ({ id }: Organization, text: string, values: unknown[]) =>
      shared.readOrganization<{ id: string }>(id, { name: text, text, values });
    const visit = async (turn: number) => {
      const organization = turn % 2 === 0 ? acme : other;
      if (turn % 3 === 0) {
        const rows = await shared.forOrganization(organization.id, (tx) =>
          tx.organization.findMany({ select: { id: true } }),
        );
        return check(rows, organization);
      }
      if (turn % 5 === 0) wrong += await shared.unscoped.organization.count();
      if (turn % 7 === 0) {
        await readShared(organization, divideByZero, [1]).catch(() => (failed += 1));
      }
      return check(await readShared(organization, everything, [0]), organization);
    };
    for (let turn = 0; turn < turns; turn += 20) {
      await Promise.all(Array.from({ length: 20 }, (_, index) => visit(turn + index)));
    }
    expect(wrong).toBe(0);
    expect(failed).toBe(Math.ceil(turns / 7) - Math.ceil(turns / 21));
    await expectFresh(shared);
    await shared.close();
  });
});
