import pg from "pg";
import { describe, expect, it } from "vitest";

import { requestAdoption, sweepUnlinked } from "../../src/logto/sync/adopt-organization.ts";
import { productSlug } from "../../src/runtime/product.ts";
import { useLogto } from "./logto-world.ts";

const world = useLogto();
const { application, provider, console: logtoConsole } = world;
const { create } = logtoConsole;

const ask = async (logtoId: string) => {
  await requestAdoption(application.database, logtoId);
  await world.settle();
};

const findAdopted = (logtoId: string) =>
  application.query<{ id: string; slug: string; name: string }>(
    `select o.id, o.slug, o.name from organizations o join logto_organizations l on l.organization_id = o.id
      where l.logto_id = $1`,
    [logtoId],
  );

async function exists(logtoId: string): Promise<boolean> {
  return logtoConsole.readName(logtoId).then(
    () => true,
    () => false,
  );
}

describe("an organization created in Logto's Console", () => {
  it("is adopted with its name, a slug, its owner and its members, without an actor", async () => {
    provider.logto.webhooks.lose();
    const logtoId = await create("Ada & Söhne");
    const [owner, admin, other] = [
      await world.createPerson(),
      await world.createAccount(),
      await world.createAccount(),
    ];
    await logtoConsole.addMember(logtoId, owner, "owner");
    await logtoConsole.addMember(logtoId, admin, "admin");
    await logtoConsole.addMember(logtoId, other);
    await ask(logtoId);
    const [organization] = await findAdopted(logtoId);
    if (!organization) throw new Error("it was not adopted");
    expect(organization).toMatchObject({ name: "Ada & Söhne", slug: "ada-and-soehne" });
    const members = {
      [owner.subject]: "owner",
      [admin.subject]: "admin",
      [other.subject]: "viewer",
    };
    expect(await world.readMembers(organization)).toEqual(members);
    expect(await world.readMembersAtLogto(logtoId)).toEqual({ ...members, [other.subject]: "" });
    const [created] = await world.readNobodysEvents(organization);
    expect(created).toMatchObject({ action: "organization.created", targetId: organization.id });
    // Its owner gets to it as to any other.
    const agent = await application.signInAs(owner);
    expect((await agent.get(`/o/${organization.slug}/members`)).status).toBe(200);
    expect(await world.countOpen()).toBe(0);
    provider.logto.webhooks.behave();
  });

  it("is left alone while its name is unreadable, or its owner has deleted their account", async () => {
    const [unreadable, ownedByNobody] = [await create("\u202Eevil"), await create("Left behind")];
    const gone = await world.createPerson();
    await logtoConsole.addMember(unreadable, await world.createAccount(), "owner");
    await logtoConsole.addMember(ownedByNobody, gone, "owner");
    await application.query("update users set deleted_at = now() where id = $1", [gone.id]);
    for (const logtoId of [unreadable, ownedByNobody]) {
      await ask(logtoId);
      expect(await findAdopted(logtoId)).toEqual([]);
      expect(await exists(logtoId)).toBe(true);
    }
    // One owner who has an account is enough.
    const owner = await world.createPerson();
    await logtoConsole.addMember(ownedByNobody, owner, "owner");
    await ask(ownedByNobody);
    const [organization] = await findAdopted(ownedByNobody);
    if (!organization) throw new Error("it was not adopted");
    const members = await world.readMembers(organization);
    expect(members).toMatchObject({ [owner.subject]: "owner" });
  });

  it("becomes one organization, however many processes adopt it at once", async () => {
    const logtoId = await create("Wanted by all");
    await logtoConsole.addMember(logtoId, await world.createAccount(), "owner");
    const holder = new pg.Client({ connectionString: application.config.database.url });
    await holder.connect();
    await holder.query("begin; lock table organizations in share mode");
    const sweeping = [1, 2, 3].map(() => sweepUnlinked(world.context, { isDryRun: false }));
    // All have found it unlinked, and are about to write.
    const countWaiting = async () =>
      (
        await application.query(
          "select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
        )
      ).length;
    await expect.poll(countWaiting).toBe(3);
    await holder.end();
    const sweeps = await Promise.all(sweeping);
    const takers = sweeps.flat().filter(({ atLogto, found: { kind } }) => {
      return atLogto.id === logtoId && kind === "new";
    });
    expect(takers).toHaveLength(1);
    expect(await findAdopted(logtoId)).toHaveLength(1);
    await Promise.all([1, 2, 3].map(() => requestAdoption(application.database, logtoId)));
    await world.settle();
    expect(await world.listJobs()).toEqual([]);
  });

  it("FA11 waits while Logto is away, without failing", async () => {
    const logtoId = await create("Later");
    await logtoConsole.addMember(logtoId, await world.createAccount(), "owner");
    await provider.logto.webhooks.settled();
    await world.settle();
    provider.logto.faults.set({ kind: "status", status: 503, paths: "/api", times: 2 });
    await ask(logtoId);
    expect(await world.listJobs()).toMatchObject([
      { kind: "logto.adopt_organization", attempts: 0, error: null },
    ]);
    await world.letPass();
    await world.settle();
    expect(await findAdopted(logtoId)).toHaveLength(1);
  });
});

describe("an organization at Logto with our mark", () => {
  const mark = (organizationId: string, baseUrl = application.baseUrl) => ({
    [productSlug]: { organizationId, baseUrl },
  });

  it("is left alone if another installation created it", async () => {
    const logtoId = await create("Elsewhere", mark(crypto.randomUUID(), "https://other.example"));
    await logtoConsole.addMember(logtoId, await world.createAccount(), "owner");
    await ask(logtoId);
    expect(await findAdopted(logtoId)).toEqual([]);
    expect(await exists(logtoId)).toBe(true);
  });

  it("is deleted if our organization is linked to another one, or is gone", async () => {
    const { organization, logtoId } = await world.createPair();
    const twice = await create(organization.id, mark(organization.id));
    const leftBehind = await create("Nobody's", mark(crypto.randomUUID()));
    await sweepUnlinked(world.context, { isDryRun: true });
    expect([await exists(twice), await exists(leftBehind)]).toEqual([true, true]);
    await sweepUnlinked(world.context, { isDryRun: false });
    expect([await exists(twice), await exists(leftBehind)]).toEqual([false, false]);
    expect(await exists(logtoId)).toBe(true);
  });

  it("is kept until the job that created it has noted it", async () => {
    const owner = await world.createPerson();
    const organization = await application.createOrganization(owner, "Just made");
    const logtoId = await create(organization.id, mark(organization.id));
    await ask(logtoId);
    await sweepUnlinked(world.context, { isDryRun: false });
    expect(await exists(logtoId)).toBe(true);
    await world.settle();
    expect(await world.findLogtoId(organization)).toBe(logtoId);
    expect(await logtoConsole.readName(logtoId)).toBe("Just made");
  });
});
