import pino from "pino";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { type Database, applicationRole, openDatabase } from "../../src/database/database.ts";
import {
  changeRole,
  leaveOrganization,
  removeMember,
  suspendMember,
} from "../../src/memberships/member.ts";
import { transferOwnership } from "../../src/memberships/ownership.ts";
import type { Role } from "../../src/access/roles.ts";
import { actorIn, attempt } from "../support/acting.ts";
import { useApplication } from "../support/application.ts";
import { repetitions } from "../support/endurance.ts";

const application = useApplication();
let second: Database;
beforeAll(() => {
  const { url } = application.config.database;
  second = openDatabase({ url, poolSize: 2, logger: pino({ level: "silent" }), slowness: 10 });
});
afterAll(() => second.close());

type Roles = Record<"ada" | "bob" | "eve", Role>;
const twoOwners: Roles = { ada: "owner", bob: "owner", eve: "member" };
const oneOwner: Roles = { ada: "owner", bob: "admin", eve: "member" };

/** An organization of three, put back before every run. */
async function assemble(roles: Roles) {
  const ada = await application.createPerson();
  const organization = await application.createOrganization(ada);
  const people = {
    ada,
    bob: await application.createPerson(),
    eve: await application.createPerson(),
  };
  const entries = Object.entries(people).map(([name, { id }]) => [id, roles[name as keyof Roles]]);
  return {
    organization,
    ada: actorIn(people.ada, organization),
    bob: actorIn(people.bob, organization),
    eve: actorIn(people.eve, organization),
    async reset() {
      await application.query(
        `insert into memberships (organization_id, user_id, role)
         select $1, user_id, role from unnest($2::uuid[], $3::role[]) as member (user_id, role)
         on conflict (organization_id, user_id) do update set role = excluded.role, suspended_at = null`,
        [organization.id, entries.map(([id]) => id), entries.map(([, role]) => role)],
      );
    },
    async countOwners() {
      const found = await application.query(
        "select from memberships where organization_id = $1 and role = 'owner' and suspended_at is null",
        [organization.id],
      );
      return found.length;
    },
    async countEvents() {
      const found = await application.query(
        "select from audit_events where organization_id = $1 and action <> 'organization.created'",
        [organization.id],
      );
      return found.length;
    },
  };
}

type Place = Awaited<ReturnType<typeof assemble>>;
type Move = (database: Database, place: Place) => Promise<unknown>;

const demote =
  (by: "ada" | "bob", whom: "ada" | "bob"): Move =>
  (database, place) =>
    changeRole(database, place[by], { userId: place[whom].user.id, role: "member" });
const suspend =
  (by: "ada" | "bob", whom: "ada" | "bob" | "eve"): Move =>
  (database, place) =>
    suspendMember(database, place[by], { userId: place[whom].user.id });
const remove =
  (by: "ada" | "bob", whom: "ada" | "bob"): Move =>
  (database, place) =>
    removeMember(database, place[by], { userId: place[whom].user.id });
const leave =
  (who: "ada" | "bob" | "eve"): Move =>
  (database, place) =>
    leaveOrganization(database, place[who]);
const transfer =
  (to: "bob" | "eve"): Move =>
  (database, place) =>
    transferOwnership(database, place.ada, { userId: place[to].user.id });

const tally = (values: readonly (string | number)[]) => new Set(values);

describe("two at once, on two instances,", () => {
  it.each<[string, number, Roles, Move, Move, number[], string[]]>([
    [
      "RB06 two owners demote each other",
      repetitions(500),
      twoOwners,
      demote("ada", "bob"),
      demote("bob", "ada"),
      [1],
      ["request.not_permitted"],
    ],
    [
      "RB06 two owners suspend each other",
      repetitions(50),
      twoOwners,
      suspend("ada", "bob"),
      suspend("bob", "ada"),
      [1],
      ["request.not_found"],
    ],
    [
      "RB06 two owners remove each other",
      repetitions(50),
      twoOwners,
      remove("ada", "bob"),
      remove("bob", "ada"),
      [1],
      ["request.not_found"],
    ],
    [
      "RB05 RB06 both owners leave",
      repetitions(200),
      twoOwners,
      leave("ada"),
      leave("bob"),
      [1],
      ["member.last_owner"],
    ],
    [
      "RB06 an owner leaves, and removes the other one",
      repetitions(50),
      twoOwners,
      leave("ada"),
      remove("ada", "bob"),
      [1],
      ["member.last_owner", "request.not_found"],
    ],
    [
      "RB06 an owner leaves while the other one demotes them",
      repetitions(50),
      twoOwners,
      leave("ada"),
      demote("bob", "ada"),
      [1, 2],
      ["request.not_found"],
    ],
    [
      "RB06 an owner leaves while the other one suspends them",
      repetitions(50),
      twoOwners,
      leave("ada"),
      suspend("bob", "ada"),
      [1],
      ["request.not_found"],
    ],
    [
      "RB06 an owner leaves while the other one removes them",
      repetitions(50),
      twoOwners,
      leave("ada"),
      remove("bob", "ada"),
      [1],
      ["request.not_found"],
    ],
    [
      "RB06 the owner hands over to somebody who leaves",
      repetitions(50),
      oneOwner,
      transfer("eve"),
      leave("eve"),
      [1],
      ["request.not_found", "member.last_owner"],
    ],
    [
      "RB06 the owner hands over to somebody who is suspended",
      repetitions(50),
      oneOwner,
      transfer("eve"),
      suspend("bob", "eve"),
      [1],
      ["member.owner_untouchable", "ownership.successor_suspended"],
    ],
    [
      "RB06 the owner hands over to two",
      repetitions(50),
      oneOwner,
      transfer("eve"),
      transfer("bob"),
      [1],
      ["request.not_permitted"],
    ],
  ])(
    "%s, %i times: there is an owner, and nobody gets a fault of the program",
    async (_what, runs, roles, one, other, successes, codes) => {
      const place = await assemble(roles);
      const succeeded: number[] = [];
      const seen: string[] = [];
      const owners: number[] = [];
      for (let run = 0; run < runs; run += 1) {
        await place.reset();
        const moves = [() => one(application.database, place), () => other(second, place)];
        // Neither has a head start in every run.
        const outcomes = await Promise.all(
          (run % 2 ? moves.toReversed() : moves).map((move) => attempt(move())),
        );
        succeeded.push(outcomes.filter((outcome) => outcome === "done").length);
        seen.push(...outcomes);
        owners.push(await place.countOwners());
      }
      expect(tally(owners)).toEqual(new Set([1]));
      expect(successes).toEqual(expect.arrayContaining([...tally(succeeded)]));
      expect(["done", ...codes]).toEqual(expect.arrayContaining([...tally(seen)]));
      expect(await place.countEvents()).toBe(succeeded.reduce((sum, count) => sum + count, 0));
    },
  );
});

describe("the database, when the application's checks are gone,", () => {
  async function connect(): Promise<pg.Client> {
    const url = new URL(application.config.database.url);
    url.searchParams.set("options", `-c role=${applicationRole}`);
    const client = new pg.Client({ connectionString: url.href });
    await client.connect();
    return client;
  }

  /** What code would do that forgot to lock and to look. */
  const change = async (client: pg.Client, place: Place, statement: string, userId: string) => {
    await client.query("begin");
    try {
      await client.query("select set_config('app.organization_id', $1, true)", [
        place.organization.id,
      ]);
      await client.query(statement, [userId]);
      await client.query("commit");
      return "done";
    } catch (error) {
      await client.query("rollback");
      return error instanceof pg.DatabaseError
        ? `${error.code} ${error.constraint}`
        : String(error);
    }
  };

  it.each([
    ["demotes both owners", "update memberships set role = 'member' where user_id = $1"],
    ["suspends both owners", "update memberships set suspended_at = now() where user_id = $1"],
    ["removes both owners", "delete from memberships where user_id = $1"],
  ])("RB06 still has an owner after whatever %s at once, every time", async (_what, statement) => {
    const place = await assemble(twoOwners);
    const [left, right] = [await connect(), await connect()];
    const outcomes: string[] = [];
    const owners: number[] = [];
    try {
      for (let run = 0; run < repetitions(200); run += 1) {
        await place.reset();
        const both = await Promise.all([
          change(left, place, statement, place.ada.user.id),
          change(right, place, statement, place.bob.user.id),
        ]);
        outcomes.push(both.toSorted((a, b) => a.localeCompare(b)).join(", "));
        owners.push(await place.countOwners());
      }
    } finally {
      await Promise.all([left.end(), right.end()]);
    }
    expect(tally(owners)).toEqual(new Set([1]));
    expect(tally(outcomes)).toEqual(new Set(["23000 organizations_have_an_owner, done"]));
  });
});
