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

type Name = "ada" | "bob" | "eve";
type Roles = Record<Name, Role>;
const twoOwners: Roles = { ada: "owner", bob: "owner", eve: "member" };
const oneOwner: Roles = { ada: "owner", bob: "admin", eve: "member" };

/** An organization of three people; `reset` restores their roles before every run. */
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
type Act = (database: Database, actor: Place[Name], whom: { userId: string }) => Promise<unknown>;

const acts: Record<string, Act> = {
  demotes: (database, actor, whom) => changeRole(database, actor, { ...whom, role: "member" }),
  suspends: suspendMember,
  removes: removeMember,
  leaves: leaveOrganization,
  "hands-over-to": transferOwnership,
};

/** Does what a sentence such as "ada demotes bob" says, after the codes of rows that it may begin with. */
function perform(sentence: string, database: Database, place: Place): Promise<string> {
  const [by = "", verb = "", whom = by] = sentence.replace(/^(RB\d\d )+/, "").split(" ");
  const act = acts[verb];
  if (!act) throw new Error(`There is no act "${verb}".`);
  const userId = place[whom as Name].user.id;
  return attempt(act(database, place[by as Name], { userId }));
}

const tally = (values: readonly (string | number)[]) => new Set(values);

describe("two at once, on two instances,", () => {
  it.each([
    ["RB06 ada demotes bob", "bob demotes ada", "request.not_permitted", 500],
    ["RB06 ada suspends bob", "bob suspends ada", "request.not_found", 50],
    ["RB06 ada removes bob", "bob removes ada", "request.not_found", 50],
    ["RB05 RB06 ada leaves", "bob leaves", "member.last_owner", 200],
    ["RB06 ada leaves", "ada removes bob", "member.last_owner or request.not_found", 50],
    ["RB06 ada leaves", "bob demotes ada", "nothing or request.not_found", 50],
    ["RB06 ada leaves", "bob suspends ada", "request.not_found", 50],
    ["RB06 ada leaves", "bob removes ada", "request.not_found", 50],
    ["RB06 ada hands-over-to eve", "eve leaves", "request.not_found or member.last_owner", 50],
    [
      "RB06 ada hands-over-to eve",
      "bob suspends eve",
      "member.owner_untouchable or ownership.successor_suspended",
      50,
    ],
    ["RB06 ada hands-over-to eve", "ada hands-over-to bob", "request.not_permitted", 50],
    // The first makes bob the only owner, who then hands it back.
    ["RB06 ada hands-over-to bob", "bob hands-over-to ada", "nothing", 50],
  ])(
    "%s while %s: an owner remains, and the second act is refused with %s",
    async (one, other, expected, times) => {
      const place = await assemble(one.includes("hands-over-to eve") ? oneOwner : twoOwners);
      const refusals: string[] = [];
      const owners: number[] = [];
      let done = 0;
      for (let run = 0; run < repetitions(times); run += 1) {
        await place.reset();
        const moves = [
          () => perform(one, application.database, place),
          () => perform(other, second, place),
        ];
        // Each begins first in half of the runs.
        const outcomes = await Promise.all(
          (run % 2 ? moves.toReversed() : moves).map((move) => move()),
        );
        const refused = outcomes.filter((outcome) => outcome !== "done");
        expect(refused.length).toBeLessThan(2);
        refusals.push(refused[0] ?? "nothing");
        done += outcomes.length - refused.length;
        owners.push(await place.countOwners());
      }
      expect(tally(owners)).toEqual(new Set([1]));
      expect(expected.split(" or ")).toEqual(expect.arrayContaining([...tally(refusals)]));
      expect(await place.countEvents()).toBe(done);
    },
  );
});

describe("the database, without the application's checks,", () => {
  async function connect(): Promise<pg.Client> {
    const url = new URL(application.config.database.url);
    url.searchParams.set("options", `-c role=${applicationRole}`);
    const client = new pg.Client({ connectionString: url.href });
    await client.connect();
    return client;
  }

  /** Changes members like code without a lock and without checks. */
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
  ])("RB06 still has an owner after code that %s at once, every time", async (_what, statement) => {
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
