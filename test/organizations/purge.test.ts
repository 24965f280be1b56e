import { describe, expect, it } from "vitest";

import { findPurgeDate, graceDays, purgeOrganization } from "../../src/organizations/deletion.ts";
import { proofLasts } from "../../src/auth/reauthentication.ts";
import { longestName } from "../../src/http/name-field.ts";
import { offeredSuccessors } from "../../src/memberships/ownership.ts";
import { longestSlug } from "../../src/organizations/schema.ts";
import { type Organization, useApplication } from "../support/application.ts";
import { read } from "../support/documents.ts";
import { repetitions } from "../support/endurance.ts";
import { assemble, submit } from "./world.ts";

const application = useApplication();

const deletedSince = (id: string, interval: string) =>
  application.query("update organizations set deleted_at = now() - $2::interval where id = $1", [
    id,
    interval,
  ]);

const listPurgeable = async () => {
  const rows = await application.database.unscoped.$queryRaw<{ id: string }[]>`
    select id from purgeable_organizations() as due(id)`;
  return rows.map(({ id }) => id);
};

/** Every table that belongs to organizations, with its key to them. */
async function listTables(): Promise<string[]> {
  const rows = await application.query<{ name: string }>(
    `select c.relname as name from pg_attribute a join pg_class c on c.oid = a.attrelid
      where a.attname = 'organization_id' and c.relkind in ('r', 'p') and not a.attisdropped
        and c.relnamespace = 'public'::regnamespace order by 1`,
  );
  return rows.map(({ name }) => name);
}

/** The number of an organization's rows in each table. */
async function countRows({ id }: Pick<Organization, "id">): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const table of await listTables()) {
    const [row] = await application.query<{ count: number }>(
      `select count(*)::int as count from "${table}" where organization_id = $1`,
      [id],
    );
    counts[table] = row?.count ?? -1;
  }
  return counts;
}

/** An organization with rows in every table of the sample, and a former address. */
async function fill() {
  const world = await assemble(application);
  const { organization, owner } = world;
  await submit(owner.agent, world.settings, {
    action: "/settings",
    slug: `${organization.slug}-now`,
  });
  const answer = await owner.agent
    .post(`/o/${organization.slug}-now/projects`)
    .type("form")
    .send({ name: "Something", status: "active", dueDate: "" });
  expect(answer.status).toBe(303);
  return world;
}

describe("purgeOrganization()", () => {
  it("PR04 leaves no row of the organization in any table, and every row of others", async () => {
    const { organization, owner } = await fill();
    const other = await fill();
    const mine = await countRows(organization);
    expect(mine).toMatchObject({ memberships: 4, organization_slugs: 2, projects: 1 });
    expect(mine["audit_events"]).toBeGreaterThan(2);
    const others = await countRows(other.organization);
    await owner.agent.get(`/o/${organization.slug}-now`);
    await deletedSince(organization.id, "14 days 1 minute");
    expect(await purgeOrganization(application.database, organization.id)).toBe(true);
    // The pending changes for Logto are gone as well.
    await application.deliverMail();
    for (const [table, count] of Object.entries(await countRows(organization))) {
      expect([table, count]).toEqual([table, 0]);
    }
    expect(
      await application.query("select from organizations where id = $1", [organization.id]),
    ).toEqual([]);
    expect(await countRows(other.organization)).toEqual(others);
    // Its people stay, and nothing of theirs refers to it any more.
    const [user] = await application.query<{ last: string | null }>(
      "select last_organization_id as last from users where id = $1",
      [owner.person.id],
    );
    // Only a hint, which has no effect now.
    expect(user).toEqual({ last: organization.id });
    expect((await owner.agent.get("/organizations")).text).not.toContain(organization.name);
    expect((await owner.agent.post(`/o/${organization.slug}-now/restoration`)).status).toBe(404);
  });

  it("PR04 reaches every tenant-owned table: each has a foreign key that deletes its rows", async () => {
    const cascading = await application.query<{ name: string }>(
      `select distinct c.relname as name
         from pg_constraint k
         join pg_class c on c.oid = k.conrelid
         join pg_attribute a on a.attrelid = k.conrelid and a.attnum = any(k.conkey)
        where k.contype = 'f' and k.confdeltype = 'c' and a.attname = 'organization_id'
        order by 1`,
    );
    expect((await listTables()).length).toBeGreaterThan(3);
    // Rows for Logto outlive the organization until a job has deleted its counterpart there.
    const noted = "logto_organizations";
    expect([...cascading.map(({ name }) => name), noted].toSorted()).toEqual(await listTables());
  });

  it.each([
    ["one that is there", null],
    ["one whose time is not over", "13 days 23 hours 59 minutes"],
    ["one that was deleted just now", "0"],
  ])("keeps %s", async (_what, interval) => {
    const { organization } = await assemble(application);
    if (interval !== null) await deletedSince(organization.id, interval);
    const before = await countRows(organization);
    expect(await listPurgeable()).not.toContain(organization.id);
    expect(await purgeOrganization(application.database, organization.id)).toBe(false);
    expect(await countRows(organization)).toEqual(before);
  });

  it("keeps an organization that was restored after it was found due", async () => {
    const { organization, owner } = await assemble(application);
    await deletedSince(organization.id, "15 days");
    expect(await listPurgeable()).toContain(organization.id);
    const restored = await submit(owner.agent, "/organizations", { action: "/restoration" });
    expect(restored.status).toBe(303);
    expect(await purgeOrganization(application.database, organization.id)).toBe(false);
    expect((await owner.agent.get(`/o/${organization.slug}`)).status).toBe(200);
  });

  it("either purges or restores when both run at the same moment, never half of each", async () => {
    const outcomes = new Set<string>();
    for (let run = 0; run < repetitions(50); run += 1) {
      const { organization, owner } = await assemble(application);
      const before = await countRows(organization);
      await deletedSince(organization.id, "15 days");
      const [answer, isPurged] = await Promise.all([
        owner.agent.post(`/o/${organization.slug}/restoration`),
        purgeOrganization(application.database, organization.id),
      ]);
      outcomes.add(`${answer.status} ${isPurged}`);
      const expected = isPurged ? 0 : before["memberships"];
      expect((await countRows(organization))["memberships"]).toBe(expected);
    }
    for (const outcome of outcomes) expect(["303 false", "404 true"]).toContain(outcome);
  });

  it("happens after the days in docs/organizations.md, whose other numbers are right, too", async () => {
    const text = await read("docs/organizations.md");
    expect(text).toContain(`| for ${graceDays} days `);
    expect(text).toContain(`interval '${graceDays} days'`);
    expect(text).toContain(`up to ${longestName} characters`);
    expect(text).toContain(`2 to ${longestSlug} characters`);
    expect([offeredSuccessors, proofLasts]).toEqual([100, 600]);
    expect(text).toContain("The page offers the first hundred people");
    expect(text).toContain("within the last ten minutes");
  });

  it("shows the same day on the page as the database uses", async () => {
    const { organization } = await assemble(application);
    await deletedSince(organization.id, `${graceDays} days`);
    const [row] = await application.query<{ deletedAt: Date; now: Date }>(
      `select deleted_at as "deletedAt", now() from organizations where id = $1`,
      [organization.id],
    );
    expect(await listPurgeable()).toContain(organization.id);
    const due = findPurgeDate(row?.deletedAt ?? new Date(0)).getTime();
    expect(Math.abs(due - (row?.now.getTime() ?? 0))).toBeLessThan(60_000);
  });
});
