import { afterEach, describe, expect, it, vi } from "vitest";

import { describeDrift } from "../../src/logto/sync/describe-drift.ts";
import { reconcileEverything } from "../../src/logto/sync/reconcile.ts";
import { useLogto } from "./logto-world.ts";

const world = useLogto();
const { application, provider } = world;
afterEach(() => {
  vi.useRealTimers();
});

describe("a Logto whose answers are lost", () => {
  it("FA18 does nothing twice: what Logto did before its answer was lost is found done", async () => {
    const member = await world.createPerson();
    const owner = await world.createPerson();
    const before = await world.console.countOrganizations();
    const { faults } = world.provider.logto;
    faults.set({ kind: "down", when: "after", methods: ["POST", "PUT", "PATCH"], times: 6 });
    const organization = await application.createOrganization(owner, "Answers that are lost");
    await application.addMember(organization, member, "admin");
    for (let count = 0; count < 10; count += 1) {
      vi.setSystemTime(Date.now() + 11_000);
      await world.letPass();
      await world.settle();
    }
    // The token is one of them.
    expect(faults.struck).toHaveLength(6);
    faults.clear();
    expect(await world.listJobs()).toEqual([]);
    expect(await world.console.countOrganizations()).toBe(before + 1);
    expect(await world.readMembersAtLogto(await world.findLogtoId(organization))).toEqual({
      [owner.subject]: "owner",
      [member.subject]: "admin",
    });
  });
});

describe("an organization whose only owner is deleted at Logto", () => {
  it("RB15 is flagged once, and stays as it is until the Console makes someone its owner", async () => {
    const [owner, admin] = [await world.createPerson(), await world.createPerson()];
    // So that it is not most of ours who are gone.
    await world.createPerson();
    const { organization, logtoId } = await world.createPair({ owner, admin });
    await provider.manage("DELETE", `/users/${owner.subject}`);
    await world.hear();
    for (let round = 0; round < 2; round += 1) {
      expect(await describeDrift(world.context)).toEqual([]);
      await reconcileEverything(world.context);
      await world.settle();
    }
    const roles = { [owner.subject]: "owner", [admin.subject]: "admin" };
    expect(await world.readMembers(organization)).toEqual(roles);
    expect(await world.readNobodysEvents(organization)).toMatchObject([
      { action: "organization.owner_missing", targetId: owner.id },
    ]);
    const agent = await application.signInAs(admin);
    expect((await agent.get(`/o/${organization.slug}`)).status).toBe(200);

    await world.console.setRole(logtoId, admin, "owner");
    for (let round = 0; round < 2; round += 1) {
      await reconcileEverything(world.context);
      await world.settle();
    }
    expect(await world.readMembers(organization)).toEqual({ [admin.subject]: "owner" });
    expect(await describeDrift(world.context)).toEqual([]);
    expect(
      await application.query("select name, deleted_at from users where id = $1", [owner.id]),
    ).toEqual([{ name: null, deleted_at: expect.any(Date) }]);
  });
});

describe("with every webhook lost", () => {
  it("WH14 the dry run names each difference in a sentence, one comparison makes both sides equal, and then it lists nothing", async () => {
    const { console: logtoConsole } = world;
    provider.logto.webhooks.lose();
    const [member, gone] = [await world.createPerson(), await world.createPerson()];
    const { organization, logtoId } = await world.createPair({ member, viewer: gone });
    const renamed = await world.createPair();
    const deleted = await world.createPair();
    const [newcomer, founder] = [await world.createAccount(), await world.createAccount()];

    await logtoConsole.setRole(logtoId, member, "admin");
    await logtoConsole.removeMember(logtoId, gone);
    await logtoConsole.addMember(logtoId, newcomer, "member");
    await logtoConsole.rename(renamed.logtoId, "Another name");
    await logtoConsole.deleteOrganization(deleted.logtoId);
    const foundedId = await logtoConsole.create("Founded there");
    const emptyId = await logtoConsole.create("Empty");
    await logtoConsole.addMember(foundedId, founder, "owner");
    await provider.manage("PATCH", `/users/${member.subject}`, { name: "Someone Else" });
    await application.createOrganization(await world.createPerson(), "Not told yet");

    const foreign = `Empty (${emptyId} at Logto) is left alone: it has no owner`;
    const readPlan = async () => (await describeDrift(world.context)).map(({ plan }) => plan);
    const named = ({ name, subject }: { name: string; subject: string }) =>
      `${name} (${subject} at Logto)`;
    expect((await readPlan()).toSorted()).toEqual(
      [
        `${organization.name}: ${named(member)} will be admin here`,
        `${organization.name}: ${named(gone)} will be no member any more here`,
        `${organization.name}: ${named(newcomer)} will be member here`,
        `${renamed.organization.name} will be called Another name here`,
        `${deleted.organization.name} was deleted at Logto: it will be created again there`,
        `Founded there (${foundedId} at Logto) will be adopted`,
        foreign,
        `${named(member)} has changed at Logto: their profile here will be the same`,
        "Not told yet will be created at Logto",
      ].toSorted(),
    );

    await reconcileEverything(world.context);
    await world.settle();
    // It belongs to another application.
    expect(await readPlan()).toEqual([foreign]);
    await provider.manage("DELETE", `/organizations/${emptyId}`);
    expect(await describeDrift(world.context)).toEqual([]);
    expect(await world.readMembers(organization)).toMatchObject({
      [member.subject]: "admin",
      [newcomer.subject]: "member",
    });
  });
});
