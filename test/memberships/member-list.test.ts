import { randomUUID } from "node:crypto";

import { describe, expect, it } from "vitest";

import {
  listMembers,
  type MemberQuery,
  mostCounted,
  readMembers,
} from "../../src/memberships/member-list.ts";
import type { Role } from "../../src/access/roles.ts";
import { type Organization, useApplication } from "../support/application.ts";

const application = useApplication();

type Facts = { name?: string; username?: string; email?: string; role?: Role };

/** Adds people in this order, two at each moment. @returns their ids */
async function addPeople(organization: Organization, people: readonly Facts[]): Promise<string[]> {
  const rows = people.map((facts, place) => ({
    id: randomUUID(),
    role: "member",
    place,
    ...facts,
  }));
  await application.query(
    `with people as (select * from jsonb_to_recordset($2::jsonb) as person (id uuid, name text, username text, email text, role role, place int)),
     made as (insert into users (id, issuer, subject, name, username, email)
       select id, 'test', id::text, name, username, email from people)
     insert into memberships (organization_id, user_id, role, created_at)
     select $1, id, role, now() + place / 2 * interval '1 ms' from people`,
    [organization.id, JSON.stringify(rows)],
  );
  return rows.map(({ id }) => id);
}

async function createOrganization(people: readonly Facts[] = []) {
  const owner = await application.createPerson("Olga");
  const organization = await application.createOrganization(owner);
  return { owner, organization, ids: await addPeople(organization, people) };
}

const crowd = (count: number): Facts[] =>
  Array.from({ length: count }, (_, index) => ({ name: `Person ${index}` }));

const list = (organizationId: string, query: Omit<MemberQuery, "organizationId"> = {}) =>
  listMembers(application.database, organizationId, query);

/** All pages, one after the other; `between` happens after each. */
async function listAll(
  organizationId: string,
  query: Omit<MemberQuery, "organizationId">,
  between: (page: string[]) => Promise<unknown> = () => Promise.resolve(),
): Promise<string[][]> {
  const pages: string[][] = [];
  for (let cursor = query.cursor; pages.length < 20;) {
    const { members, next } = await list(organizationId, { ...query, cursor });
    pages.push(members.map(({ userId }) => userId));
    if (!next) return pages;
    await between(pages.at(-1) ?? []);
    cursor = next;
  }
  throw new Error("It never ends.");
}

describe("listMembers()", () => {
  it("lists twenty members a page, in the order in which they joined, each once, also those of the same moment", async () => {
    const { owner, organization, ids } = await createOrganization(crowd(46));
    const pages = await listAll(organization.id, {});
    expect(pages.map((page) => page.length)).toEqual([20, 20, 7]);
    const listed = pages.flat();
    expect(listed[0]).toBe(owner.id);
    expect(listed.toSorted()).toEqual([owner.id, ...ids].toSorted());
    const expected = await application.query<{ id: string }>(
      `select user_id as id from memberships where organization_id = $1 order by created_at, user_id`,
      [organization.id],
    );
    expect(listed).toEqual(expected.map(({ id }) => id));
  });

  it("ends after a page that is exactly full", async () => {
    const { organization } = await createOrganization(crowd(9));
    const pages = await listAll(organization.id, { limit: 5 });
    expect(pages.map((page) => page.length)).toEqual([5, 5]);
  });

  it("neither loses nor repeats a member when others join, leave and change between two pages", async () => {
    const { owner, organization, ids } = await createOrganization(crowd(30));
    const gone = new Set<string>();
    const pages = await listAll(organization.id, { limit: 4 }, async (page) => {
      // The first and the last member of the page leave, one changes, and one joins.
      for (const id of [page[0], page.at(-1)]) {
        if (id === undefined || id === owner.id) continue;
        gone.add(id);
        await application.query("delete from memberships where user_id = $1", [id]);
      }
      await application.query(
        "update memberships set role = 'viewer', suspended_at = now(), updated_at = now() where user_id = $1",
        [page[1]],
      );
      if (gone.size < 4) await addPeople(organization, [{ name: "Late" }]);
    });
    const listed = pages.flat();
    expect(new Set(listed).size).toBe(listed.length);
    for (const id of [owner.id, ...ids]) expect(listed).toContain(id);
    expect(gone.size).toBeGreaterThan(10);
  });

  it.each([
    ["a part of a name, in any case", "aDA b", ["Ada Byron"]],
    ["a username", "chid", ["Okafor"]],
    ["an email address", "@BIRCH", ["Bruno", "Élodie"]],
    ["letters beyond ASCII, in any case", "éLO", ["Élodie"]],
    ["nobody", "nobody at all", []],
    ["a percent sign as itself", "100%", ["100% Effort"]],
    ["one alone", "%", ["100% Effort"]],
    ["an underscore as itself", "_", ["under_score"]],
    ["a backslash as itself", "\\", ["back\\slash"]],
    ["a quote as itself", "' or true --", []],
  ])("finds %s", async (_what, search, names) => {
    const { organization } = await createOrganization([
      { name: "Ada Byron", email: "ada@example.test" },
      { name: "Bruno", username: "bruno", email: "bruno@birch.example" },
      { name: "Okafor", username: "chidi" },
      { name: "Élodie", email: "elodie@birch.example" },
      { name: "100% Effort" },
      { name: "under_score" },
      { name: "back\\slash" },
    ]);
    const { members } = await list(organization.id, { search });
    expect(new Set(members.map(({ name }) => name))).toEqual(new Set(names));
  });

  it("filters by role, alone and with a search, on all pages", async () => {
    const people = crowd(12).map((facts, index) => ({
      ...facts,
      role: index % 2 === 0 ? ("admin" as const) : ("viewer" as const),
    }));
    const { owner, organization, ids } = await createOrganization(people);
    const admins = await listAll(organization.id, { role: "admin", limit: 4 });
    expect(admins.map((page) => page.length)).toEqual([4, 2]);
    expect(admins.flat().toSorted()).toEqual(
      ids.filter((_id, index) => index % 2 === 0).toSorted(),
    );
    expect((await listAll(organization.id, { role: "owner" })).flat()).toEqual([owner.id]);
    const both = await listAll(organization.id, { role: "viewer", search: "person 1" });
    expect(new Set(both.flat())).toEqual(new Set([ids[1], ids[11]]));
  });

  it.each([
    ["name", ["adele", "Bruno", "Ébène", "Emil", "Frida", "olga"]],
    ["role", ["olga", "Frida", "Emil", "adele", "Bruno", "Ébène"]],
  ] as const)("sorts by %s, on all pages, with a filter and without one", async (sort, order) => {
    const { owner, organization } = await createOrganization([
      { email: "adele@example.test", role: "viewer" },
      { name: "Frida", role: "admin" },
      { name: "Bruno", role: "viewer" },
      { username: "Emil", role: "member" },
      { name: "", username: "Ébène", role: "viewer" },
    ]);
    await application.query("update users set name = 'olga' where id = $1", [owner.id]);
    const nameAll = async (query: MemberQuery) => {
      const names = await application.query<{ id: string; name: string }>(
        "select id, coalesce(nullif(name, ''), username, email) as name from users",
      );
      const nameOf = new Map(names.map(({ id, name }) => [id, name.replace(/@.*/, "")]));
      return (await listAll(organization.id, query)).map((page) =>
        page.map((id) => nameOf.get(id)),
      );
    };
    const pages = await nameAll({ sort, limit: 2 });
    expect(pages.map((page) => page.length)).toEqual([2, 2, 2]);
    expect(pages.flat()).toEqual(order);
    expect((await nameAll({ sort, role: "viewer", limit: 1 })).flat()).toEqual(
      order.filter((name) => ["adele", "Bruno", "Ébène"].includes(name)),
    );
  });

  it("counts all members and those whom the filters show, up to a limit", async () => {
    const { organization } = await createOrganization([
      ...crowd(mostCounted),
      { name: "Grace", role: "admin" },
    ]);
    const { counts } = await list(organization.id);
    expect(counts).toEqual({ total: mostCounted, matching: mostCounted });
    const filtered = await list(organization.id, { role: "admin", search: "grace" });
    expect(filtered.counts).toEqual({ total: mostCounted, matching: 1 });
    expect((await list(organization.id, { search: "nobody" })).counts).toBeNull();
  });

  it("TI05 lists and finds no member of another organization", async () => {
    const mine = await createOrganization([{ name: "Shared Name" }]);
    const theirs = await createOrganization([{ name: "Shared Name" }, { name: "Secret" }]);
    const { next } = await list(theirs.organization.id, { limit: 1 });
    expect(next).toBeDefined();
    const found = [
      ...(await listAll(mine.organization.id, {})),
      ...(await listAll(mine.organization.id, { search: "e" })),
      ...(await listAll(mine.organization.id, { role: "member" })),
      ...(await listAll(mine.organization.id, { cursor: next })),
      ...(await listAll(mine.organization.id, { sort: "name" })),
      ...(await listAll(mine.organization.id, { sort: "role" })),
    ].flat();
    const own = new Set([mine.owner.id, ...mine.ids]);
    expect(found.filter((id) => !own.has(id))).toEqual([]);
    expect(found).toContain(mine.ids[0]);
  });
});

type Plan = { "Relation Name"?: string; "Actual Rows": number; "Actual Loops": number } & {
  "Rows Removed by Filter"?: number;
  Plans?: Plan[];
};

/** The number of rows of a table that a plan read. */
function countRead(plan: Plan, table: string): number {
  const own = (plan["Actual Rows"] + (plan["Rows Removed by Filter"] ?? 0)) * plan["Actual Loops"];
  const inner = (plan.Plans ?? []).reduce((sum, each) => sum + countRead(each, table), 0);
  return inner + (plan["Relation Name"] === table ? own : 0);
}

describe("readMembers()", () => {
  it.each(["force_custom_plan", "force_generic_plan"])(
    "reads the rows of one page only, however many members there are, with %s",
    async (mode) => {
      const { organization, ids } = await createOrganization(crowd(15_000));
      await application.query("analyze memberships");
      await application.query("analyze users");
      const [half] = await application.query<{ time: Date; id: string }>(
        `select created_at as "time", user_id as "id" from memberships where user_id = $1`,
        [ids[7_500]],
      );
      const middle = half && { ...half, time: half.time.toISOString() };
      expect(middle).toBeDefined();
      for (const cursor of [undefined, middle]) {
        const { text, values } = readMembers({
          cursor,
          limit: 20,
        });
        const literals = values.map((value) => `'${String(value)}'`).join(", ");
        const plan = await application.database.forOrganization(organization.id, async (tx) => {
          await tx.$executeRawUnsafe(`set local plan_cache_mode = ${mode}`);
          await tx.$executeRawUnsafe(`prepare list as ${text}`);
          const [row] = await tx.$queryRawUnsafe<{ "QUERY PLAN": [{ Plan: Plan }] }[]>(
            `explain (analyze, format json) execute list(${literals})`,
          );
          await tx.$executeRawUnsafe("deallocate list");
          return row?.["QUERY PLAN"][0].Plan;
        });
        expect(plan?.["Actual Rows"]).toBe(21);
        for (const table of ["memberships", "users"]) {
          // An owner on the page needs one look at another owner.
          const most = table === "memberships" ? 22 : 21;
          expect(plan && countRead(plan, table), table).toBeLessThanOrEqual(most);
        }
      }
    },
  );
});
