import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { applicationRole } from "../../src/database/database.ts";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";
import { connected } from "../support/template.ts";
import { findIdleExceptions, findTenancyFaults } from "./tenancy-rules.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

/** A sound tenant-owned table, but for what a test does to it. */
const sound = `
  create table notes (
    organization_id uuid not null references organizations (id) on delete cascade, id uuid,
    primary key (organization_id, id));
  alter table notes enable row level security, force row level security;
  create policy of_current_organization on notes
    using (organization_id = (select current_organization_id()))
    with check (organization_id = (select current_organization_id()))`;

const child = `
  create table remarks (
    organization_id uuid not null references organizations (id) on delete cascade, id uuid, note_id uuid,
    primary key (organization_id, id),
    foreign key (organization_id, note_id) references notes (organization_id, id) on delete cascade);
  ${sound.slice(sound.indexOf("alter table")).replaceAll("notes", "remarks")}`;

/** The faults after some statements, all of which are taken back again. */
const findFaultsAfter = (...statements: string[]): Promise<string[]> =>
  connected(database.url, async (client) => {
    await client.query("begin");
    for (const statement of statements) await client.query(statement);
    return findTenancyFaults({
      query: async (statement) => (await client.query(statement)).rows,
    });
  });

describe("the tables of all migrations", () => {
  it("TI10 TI13 TI15 are global for a stated reason, or belong to an organization by keys, references and policies", async () => {
    expect(await findTenancyFaults(database)).toEqual([]);
  });

  it("need every exception", async () => {
    expect(await findIdleExceptions(database)).toEqual([]);
  });
});

describe("the rules", () => {
  it("accept a sound table, and a child of it that refers to both columns", async () => {
    expect(await findFaultsAfter(sound, child)).toEqual([]);
  });

  it.each([
    [
      "a table that belongs to nobody",
      "create table loose (id uuid primary key)",
      [
        "loose: does not go away with its organization",
        "loose: its primary key does not begin with organization_id",
        "loose: loose_pkey is unique across organizations",
        "loose: neither global nor with organization_id uuid not null",
        "loose: no policy holds reads and writes to the organization",
        "loose: row-level security is not enabled and forced",
      ],
    ],
    [
      "row-level security that is not forced",
      "alter table notes no force row level security",
      ["notes: row-level security is not enabled and forced"],
    ],
    [
      "a policy without a check on what is written",
      "drop policy of_current_organization on notes; create policy p on notes using (organization_id = (select current_organization_id()))",
      [
        "notes: no policy holds reads and writes to the organization",
        "notes: the policy p lets more through",
      ],
    ],
    [
      "a second policy that lets everything through",
      "create policy everything on organizations using (true)",
      ["organizations: the policy everything lets more through"],
    ],
    [
      "a primary key that is led by something else",
      "alter table notes drop constraint notes_pkey, add primary key (id, organization_id)",
      ["notes: its primary key does not begin with organization_id"],
    ],
    [
      "something that is unique across organizations",
      "alter table notes add column title text unique",
      ["notes: notes_title_key is unique across organizations"],
    ],
    [
      "an organization that may be missing",
      "alter table notes drop constraint notes_pkey, alter column organization_id drop not null, add unique (organization_id, id)",
      [
        "notes: its primary key does not begin with organization_id",
        "notes: neither global nor with organization_id uuid not null",
      ],
    ],
    [
      "rows that would outlive their organization",
      "alter table notes drop constraint notes_organization_id_fkey",
      ["notes: does not go away with its organization"],
    ],
    [
      "a child that may have another organization's parent",
      "alter table notes add unique (id), add column parent_id uuid references notes (id)",
      [
        "notes: notes_id_key is unique across organizations",
        "notes: the foreign key notes_parent_id_fkey may point into another organization",
      ],
    ],
    [
      "a global table that points at an organization's row",
      "alter table sessions add column organization_id uuid, add column project_id uuid, add constraint loose foreign key (organization_id, project_id) references notes (organization_id, id)",
      ["sessions: the foreign key loose may point into another organization"],
    ],
    [
      "a materialized view, which no policy binds",
      "create materialized view everyone as select * from memberships",
      ["everyone: not an ordinary table"],
    ],
    [
      "a function that works as its owner",
      "create function everyone() returns bigint language sql security definer return (select count(*) from memberships)",
      ["everyone(): security definer"],
    ],
    [
      "a grant to truncate, which no policy binds",
      `grant truncate on notes to ${applicationRole}`,
      ["notes: may be truncated"],
    ],
  ])("TI10 name %s", async (_what, statement, faults) => {
    expect(await findFaultsAfter(sound, statement)).toEqual(faults);
  });
});

describe("a child row", () => {
  it("TI13 cannot have a parent of another organization, even for a writer whom no policy binds", async () => {
    const own = await createTestDatabase();
    const [mine, theirs, note] = ["a", "b", "c"].map(
      (digit) => `${digit.repeat(8)}-0000-7000-8000-000000000000`,
    );
    try {
      await own.query(`${sound}; ${child}`);
      await own.query(`
        insert into users (id, issuer, subject) values ('${mine}', 'test', 'ada');
        insert into organizations (id, slug, name) values ('${mine}', 'mine', 'Mine'), ('${theirs}', 'theirs', 'Theirs');
        insert into memberships (organization_id, user_id, role) select id, '${mine}', 'owner' from organizations;
        insert into notes values ('${theirs}', '${note}');
        insert into remarks values ('${theirs}', gen_random_uuid(), '${note}')`);
      await expect(
        own.query("insert into remarks values ($1, gen_random_uuid(), $2)", [mine, note]),
      ).rejects.toMatchObject({ code: "23503" });
    } finally {
      await own.drop();
    }
  });
});
