import { randomUUID } from "node:crypto";

import { describe, expect, it } from "vitest";

import { applicationRole } from "../../src/database/database.ts";
import { type Organization, type Person, useApplication } from "../support/application.ts";
import { repetitions } from "../support/endurance.ts";
import { openSingle } from "./fitness.ts";

const application = useApplication();
const turns = repetitions(1_000, 200);

/** Two organizations with two people each, and one person who is in both. */
async function assemble() {
  const [ada, bob, eve, both] = [
    await application.createPerson(),
    await application.createPerson(),
    await application.createPerson(),
    await application.createPerson(),
  ];
  const acme = await application.createOrganization(ada);
  const other = await application.createOrganization(eve);
  await application.addMember(acme, bob, "member");
  await application.addMember(acme, both, "viewer");
  await application.addMember(other, both, "admin");
  return { ada, bob, eve, both, acme, other };
}

const idsOf = (...things: { id: string }[]) => things.map(({ id }) => id).toSorted(compare);
const compare = (a: string, b: string) => (a < b ? -1 : 1);
const inOrganization = <T>(
  { id }: Organization,
  work: Parameters<typeof application.database.forOrganization<T>>[1],
) => application.database.forOrganization(id, work);
const forPerson = <T>(
  { id }: Person,
  work: Parameters<typeof application.database.forUser<T>>[1],
) => application.database.forUser(id, work);

describe("forOrganization()", () => {
  it("TI09 shows only its own rows to a query that forgot its filter", async () => {
    const { ada, bob, both, acme } = await assemble();
    const { members, organizations, raw } = await inOrganization(acme, async (tx) => ({
      members: await tx.membership.findMany(),
      organizations: await tx.organization.findMany(),
      raw: await tx.$queryRaw<{ count: bigint }[]>`select count(*) from memberships`,
    }));
    expect(members.map(({ userId }) => userId).toSorted(compare)).toEqual(idsOf(ada, bob, both));
    expect(organizations.map(({ id }) => id)).toEqual([acme.id]);
    expect(raw).toEqual([{ count: 3n }]);
  });

  it("TI09 changes and deletes no row of another organization with a query that forgot its filter", async () => {
    const { acme, other } = await assemble();
    const changed = await inOrganization(acme, async (tx) => ({
      named: await tx.organization.updateMany({ data: { name: "Mine" } }),
      promoted: await tx.membership.updateMany({ data: { role: "owner" } }),
      removed: await tx.membership.deleteMany({ where: { organizationId: other.id } }),
    }));
    expect(changed).toEqual({ named: { count: 1 }, promoted: { count: 3 }, removed: { count: 0 } });
    expect(
      await application.query(
        "select name, (select count(*)::int from memberships where organization_id = id) as members from organizations where id = $1",
        [other.id],
      ),
    ).toEqual([{ name: other.name, members: 2 }]);
  });

  it("TI13 refuses to write a row of another organization", async () => {
    const { ada, acme, other } = await assemble();
    await expect(
      inOrganization(acme, (tx) =>
        tx.membership.create({ data: { organizationId: other.id, userId: ada.id, role: "owner" } }),
      ),
    ).rejects.toThrow("row-level security");
    await expect(
      inOrganization(acme, (tx) =>
        tx.membership.updateMany({ data: { organizationId: other.id } }),
      ),
    ).rejects.toThrow("row-level security");
  });

  it("TI16 rolls back when its work or the database throws", async () => {
    const { acme, eve, ada } = await assemble();
    const attempt = (fail: () => Promise<unknown>) =>
      inOrganization(acme, async (tx) => {
        await tx.organization.update({ where: { id: acme.id }, data: { name: "Half done" } });
        await tx.membership.create({
          data: { organizationId: acme.id, userId: eve.id, role: "admin" },
        });
        await fail();
      });
    await expect(attempt(() => Promise.reject(new Error("no")))).rejects.toThrow("no");
    await expect(
      attempt(() =>
        inOrganization(acme, (tx) =>
          tx.membership.create({
            data: { organizationId: acme.id, userId: ada.id, role: "admin" },
          }),
        ),
      ),
    ).rejects.toMatchObject({ code: "P2002" });
    expect(
      await application.query(
        "select name, (select count(*)::int from memberships where organization_id = id) as members from organizations where id = $1",
        [acme.id],
      ),
    ).toEqual([{ name: acme.name, members: 3 }]);
  });
});

describe("forUser()", () => {
  it("TI09 shows only the person's own memberships to a query that forgot its filter", async () => {
    const { both, acme, other, eve } = await assemble();
    const seen = await forPerson(both, async (tx) => ({
      memberships: await tx.membership.findMany(),
      organizations: await tx.organization.findMany(),
    }));
    expect(new Set(seen.memberships.map(({ userId }) => userId))).toEqual(new Set([both.id]));
    expect(seen.organizations.map(({ id }) => id).toSorted(compare)).toEqual(idsOf(acme, other));
    const ofEve = await forPerson(eve, (tx) => tx.organization.findMany());
    expect(ofEve.map(({ id }) => id)).toEqual([other.id]);
  });

  it("cannot write tenant-owned rows", async () => {
    const { both, acme } = await assemble();
    const changed = await forPerson(both, async (tx) => [
      await tx.membership.updateMany({ data: { role: "owner" } }),
      await tx.membership.deleteMany({}),
      await tx.organization.updateMany({ data: { name: "Mine" } }),
    ]);
    expect(changed).toEqual([{ count: 0 }, { count: 0 }, { count: 0 }]);
    await expect(
      forPerson(both, (tx) =>
        tx.membership.create({ data: { organizationId: acme.id, userId: both.id, role: "owner" } }),
      ),
    ).rejects.toThrow("row-level security");
  });
});

describe("a connection", () => {
  it("TI11 shows no tenant-owned row without a scope, also after one has ended", async () => {
    const { acme, both } = await assemble();
    const lonely = openSingle(application.config.database.url);
    const count = async () => [
      await lonely.unscoped.membership.count(),
      await lonely.unscoped.organization.count(),
    ];
    try {
      expect(await count()).toEqual([0, 0]);
      expect(await lonely.forOrganization(acme.id, (tx) => tx.membership.count())).toBe(3);
      expect(await count()).toEqual([0, 0]);
      expect(await lonely.forUser(both.id, (tx) => tx.membership.count())).toBe(2);
      expect(await count()).toEqual([0, 0]);
    } finally {
      await lonely.close();
    }
  });

  it(`TI12 shared by ${turns} requests of two tenants, aborts included, never mixes them up`, async () => {
    const { acme, other } = await assemble();
    const lonely = openSingle(application.config.database.url);
    try {
      let wrong = 0;
      const aborted: number[] = [];
      const visit = async (turn: number) => {
        const { id } = turn % 2 === 0 ? acme : other;
        if (turn % 5 === 0) wrong += await lonely.unscoped.organization.count();
        try {
          await lonely.forOrganization(id, async (tx) => {
            const rows = await tx.$queryRaw<{ id: string }[]>`select id from organizations`;
            if (rows.length !== 1 || rows[0]?.id !== id) wrong += 1;
            if (turn % 7 === 0) throw new Error("aborted by the work");
            if (turn % 11 === 0) await tx.$executeRaw`select 1 / 0`;
          });
        } catch {
          aborted.push(turn);
        }
      };
      for (let turn = 0; turn < turns; turn += 20) {
        await Promise.all(Array.from({ length: 20 }, (_, index) => visit(turn + index)));
      }
      expect(wrong).toBe(0);
      const isAborted = (turn: number) => turn % 7 === 0 || turn % 11 === 0;
      expect(aborted).toHaveLength(
        Array.from({ length: turns }, (_, turn) => turn).filter(isAborted).length,
      );
    } finally {
      await lonely.close();
    }
  });

  it("keeps at most five hundred statements prepared, and runs the others unprepared", async () => {
    const lonely = openSingle(application.config.database.url);
    try {
      for (let index = 0; index < 520; index += 1) {
        const [row] = await lonely.unscoped.$queryRawUnsafe<{ index: number }[]>(
          `select ${index} as index`,
        );
        expect(row?.index).toBe(index);
      }
      // Once more: both what is prepared and what is not.
      for (const index of [0, 499, 500, 519]) {
        expect(await lonely.unscoped.$queryRawUnsafe(`select ${index} as index`)).toEqual([
          { index },
        ]);
      }
      const [prepared] = await lonely.unscoped.$queryRawUnsafe<{ count: bigint }[]>(
        "select count(*) from pg_prepared_statements",
      );
      expect(prepared?.count).toBe(500n);
    } finally {
      await lonely.close();
    }
  });
});

describe("the application's role", () => {
  it("TI15 can neither truncate nor alter nor create, nor read past row-level security", async () => {
    for (const statement of [
      "truncate memberships",
      "truncate sessions",
      "alter table memberships disable row level security",
      "alter table memberships no force row level security",
      "drop policy of_current_user on memberships",
      "create policy everything on memberships using (true)",
      "create table loot (id int)",
      "create view loot as select * from memberships",
      "create function loot() returns int language sql return 1",
      "create role loot",
      `alter role ${applicationRole} superuser`,
      "delete from _prisma_migrations",
      "copy memberships to program 'cat'",
      "copy memberships from '/etc/passwd'",
    ]) {
      await expect(
        application.database.unscoped.$executeRawUnsafe(statement),
        statement,
      ).rejects.toThrow(/permission denied|must be owner/);
    }
  });

  it("TI10 is bound by row-level security, and has no special right", async () => {
    expect(
      await application.database.unscoped.$queryRaw`
        select current_user::text as name, rolsuper or rolbypassrls or rolcreaterole or rolcreatedb or rolcanlogin as strong
          from pg_roles where rolname = current_user`,
    ).toEqual([{ name: applicationRole, strong: false }]);
  });

  it("may use every table, so that no migration can forget its grants", async () => {
    expect(
      await application.query(`
        select relname as name from pg_class
         where relkind = 'r' and relnamespace = 'public'::regnamespace and relname <> '_prisma_migrations'
           and not (has_table_privilege('${applicationRole}', oid, 'select')
                    and has_table_privilege('${applicationRole}', oid, 'insert'))`),
    ).toEqual([]);
  });
});

describe("the organization in the URL", () => {
  it("TI02 decides, and nothing else in a request does", async () => {
    const { ada, acme, other } = await assemble();
    const agent = await application.signInAs(ada);
    const mine = await agent
      .get(`/o/${acme.slug}?organizationId=${other.id}&slug=${other.slug}`)
      .set({ "X-Organization-Id": other.id, Cookie: `organization=${other.slug}` });
    expect([200, 303]).toContain(mine.status);
    expect(mine.text).not.toContain(other.name);
    expect((await agent.get(`/o/${other.slug}?slug=${acme.slug}`)).status).toBe(404);
    for (const id of [acme.id, other.id, randomUUID()]) {
      expect((await agent.get(`/o/${id}`)).status).toBe(404);
    }
  });

  it("TI17 belongs to each tab: two at once stay where they are", async () => {
    const { both, acme, other } = await assemble();
    const agent = await application.signInAs(both);
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) => agent.get(`/o/${(index % 2 ? other : acme).slug}`)),
    );
    for (const [index, { status, text }] of answers.entries()) {
      expect(status).toBe(200);
      const { name } = index % 2 ? other : acme;
      expect(text).toMatch(new RegExp(`<title>[^<]*${name}`));
    }
  });
});
