import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { createTestDatabase, type TestDatabase } from "../support/database.ts";
import { connected } from "../support/template.ts";
import { exceptionFor, exceptions, findBreaches, places } from "./citus-rules.ts";

const listUnexpected = async (tested: Pick<TestDatabase, "query">) =>
  (await findBreaches(tested))
    .filter((breach) => exceptionFor(breach) === undefined)
    .map(({ rule, object }) => `${rule} ${object}`);

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

describe("Citus, with tables distributed by organization_id,", () => {
  it("accepts every table, but for the exceptions", async () => {
    expect(await listUnexpected(database)).toEqual([]);
  });

  it("needs each exception and each place", async () => {
    const needed = new Set((await findBreaches(database)).map(exceptionFor));
    expect(Object.keys(exceptions).filter((name) => !needed.has(name))).toEqual([]);
    const tables = await database.query<{ name: string }>(
      "select relname::text as name from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace",
    );
    const present = new Set(tables.map(({ name }) => name));
    expect(Object.keys(places).filter((name) => !present.has(name))).toEqual([]);
  });

  it.each([
    ["create table notes_b (id uuid primary key)", ["table notes_b", "unique notes_b_pkey"]],
    ["alter table notes add column title text unique", ["unique notes_title_key"]],
    [
      "alter table notes add column seen bytea references sessions (id_hash)",
      ["foreign key notes_seen_fkey"],
    ],
    [
      "alter table notes add foreign key (id, organization_id) references memberships (organization_id, user_id)",
      ["foreign key notes_id_organization_id_fkey"],
    ],
    [
      "alter table limit_counters add organization_id uuid, add id uuid, add constraint loose foreign key (organization_id, id) references notes",
      ["foreign key loose"],
    ],
    [
      "alter table notes drop constraint parent, add constraint parent foreign key (organization_id) references organizations (id) on delete set null",
      ["foreign key parent"],
    ],
    [
      "create policy mine on notes using (exists (select from memberships m where m.organization_id = notes.organization_id))",
      ["policy notes.mine"],
    ],
    [
      "create trigger told after insert on notes execute function require_owner()",
      ["trigger notes.told"],
    ],
    [
      "create function all_notes() returns bigint language sql security definer return 1; create role nobody_logs_in; alter function all_notes() owner to nobody_logs_in",
      ["login nobody_logs_in"],
    ],
    ["select", []],
  ])("refuses %s", async (statement, refused) => {
    const sound = `
      create table notes (organization_id uuid, id uuid, primary key (organization_id, id),
        constraint parent foreign key (organization_id) references organizations (id) on delete cascade);`;
    const found = await connected(database.url, async (client) => {
      await client.query("begin");
      await client.query(sound + statement);
      return listUnexpected({
        query: async (text, values) => (await client.query(text, values)).rows,
      });
    });
    expect(found).toEqual(refused);
  });
});
