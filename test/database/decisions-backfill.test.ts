import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { applyMigrations } from "../../src/database/migrate.ts";
import { listMigrations } from "../../src/database/migrations.ts";
import { createEmptyDatabase, type TestDatabase } from "../support/database.ts";

const migrations = join(import.meta.dirname, "../../prisma/migrations");
const migration = "20261130201000_decisions";

const organization = "00000000-0000-7000-8000-000000000001";
const names = ["owner", "removed", "left", "refused", "back", "demoted", "raised", "modest"];
const people = [...names, "suspended", "lost", "rule", "anew", "gone"];
const idOf = (name: string) =>
  `00000000-0000-7000-9000-${String(people.indexOf(name)).padStart(12, "0")}`;

let database: TestDatabase;
let directory: string;

beforeAll(async () => {
  database = await createEmptyDatabase();
  directory = await mkdtemp(join(tmpdir(), "migrations-"));
  for (const name of ["migration_lock.toml", ...(await listMigrations())]) {
    if (name === migration) break;
    await cp(join(migrations, name), join(directory, name), { recursive: true });
  }
  await applyMigrations(database.url, pathToFileURL(`${directory}/`));

  const insert = (text: string, values: unknown[] = []) => database.query(text, values);
  for (const name of people) {
    await insert(
      `insert into users (id, issuer, subject, name, email, email_verified)
       values ($1, 'https://id.example', $2, $2, $2 || '@acme.example', true)`,
      [idOf(name), name],
    );
  }
  await insert("begin");
  await insert("insert into organizations (id, slug, name) values ($1, 'acme', 'Acme')", [
    organization,
  ]);
  const members = { owner: "owner", back: "member", demoted: "viewer", raised: "admin" };
  const others = { modest: "viewer", suspended: "member", lost: "member", rule: "admin" };
  for (const [name, role] of Object.entries({
    ...members,
    ...others,
    anew: "member",
    gone: "owner",
  })) {
    await insert(
      "insert into memberships (organization_id, user_id, role) values ($1, $2, $3::role)",
      [organization, idOf(name), role],
    );
  }
  await insert("commit");
  await insert(
    "insert into hugging_face_connections (organization_id, subject, handle, name) values ($1, 's', 'h', 'n')",
    [organization],
  );
  await insert(
    `insert into hugging_face_memberships (organization_id, user_id, connection_subject, granted_role, suspended_at)
     select organization_id, user_id, 's', 'member', '2026-11-01T10:00:00Z' from memberships where user_id = any ($1)`,
    [[idOf("suspended"), idOf("lost")]],
  );
  await insert("update memberships set suspended_at = '2026-11-02T10:00:00Z' where user_id = $1", [
    idOf("suspended"),
  ]);
  await insert("update memberships set suspended_at = '2026-11-01T10:00:00Z' where user_id = $1", [
    idOf("lost"),
  ]);
  const change = (from: string, to: string) => ({ from, to });
  const via = { via: "hugging_face" };
  const events: [string, string, object?, string?][] = [
    ["removed", "member.left"],
    ["removed", "member.removed"],
    ["left", "member.left", {}, "left"],
    ["refused", "join_request.refused"],
    ["back", "member.removed"],
    ["demoted", "member.role_changed", change("admin", "viewer")],
    ["raised", "member.role_changed", change("viewer", "member")],
    ["modest", "member.role_changed", change("admin", "viewer"), "modest"],
    ["suspended", "member.suspended"],
    ["lost", "member.suspended", via],
    ["rule", "member.role_changed", { ...change("admin", "viewer"), ...via }],
    ["anew", "member.suspended"],
    ["anew", "member.reinstated"],
    ["gone", "organization.owner_missing"],
  ];
  for (const [index, [name, action, details = {}, actor = "owner"]] of events.entries()) {
    await insert(
      `insert into audit_events (organization_id, id, occurred_at, actor_id, action, target_type, target_id, details)
       values ($1, gen_random_uuid(), '2026-11-01T00:00:00Z'::timestamptz + make_interval(hours => $2), $3, $4, 'user', $5, $6)`,
      [organization, index, idOf(actor), action, idOf(name), JSON.stringify(details)],
    );
  }
  await insert(
    `insert into invitations (organization_id, id, kind, role, expires_at, created_at)
     values ($1, gen_random_uuid(), 'link', 'admin', now() + interval '1 day', '2026-10-01T00:00:00Z')`,
    [organization],
  );
  await applyMigrations(database.url);
});

afterAll(async () => {
  await database.drop();
  await rm(directory, { recursive: true, force: true });
});

describe("the migration to membership_decisions", () => {
  it("reads the newest decision about each person from the audit log, once", async () => {
    const rows = await database.query<{ userId: string; kind: string; marks: number }>(
      `select user_id as "userId", kind, cardinality(marks) as marks from membership_decisions`,
    );
    const found = Object.fromEntries(
      rows.map(({ userId, kind, marks }) => [
        people.find((name) => idOf(name) === userId),
        `${kind}${marks > 0 ? ", recognized" : ""}`,
      ]),
    );
    expect(found).toEqual({
      removed: "removed, recognized",
      left: "left",
      refused: "refused, recognized",
      back: "admitted",
      demoted: "demoted, recognized",
      raised: "settled",
      modest: "settled",
      suspended: "suspended, recognized",
      anew: "settled",
    });
    const [demoted] = await database.query<{ at: Date; deciderId: string }>(
      `select decided_at as at, decider_id as "deciderId" from membership_decisions where user_id = $1`,
      [idOf("demoted")],
    );
    expect(demoted).toEqual({ at: new Date("2026-11-01T05:00:00Z"), deciderId: idOf("owner") });
  });

  it("says who suspended, and which owner is gone", async () => {
    const rows = await database.query<{ userId: string; by: string | null; isGone: boolean }>(
      `select user_id as "userId", suspended_by as by, forgotten_at is not null as "isGone" from memberships
        where suspended_by is not null or forgotten_at is not null order by user_id`,
    );
    expect(rows).toEqual([
      { userId: idOf("suspended"), by: "member", isGone: false },
      { userId: idOf("lost"), by: "hugging_face", isGone: false },
      { userId: idOf("gone"), by: null, isGone: true },
    ]);
  });

  it("takes an invitation to be as old as it is, and tells Logto of nothing", async () => {
    expect(await database.query("select granted_at = created_at as same from invitations")).toEqual(
      [{ same: true }],
    );
    // Two were suspended here before.
    const changed = await database.query("select from logto_memberships where version > 1");
    expect(changed).toHaveLength(2);
  });
});
