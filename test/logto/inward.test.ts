import { describe, expect, it } from "vitest";

import { hintMemberships } from "../../src/logto/sync/hints.ts";
import { changeRole, removeMember, suspendMember } from "../../src/memberships/member.ts";
import { actorIn } from "../support/acting.ts";
import { useLogto } from "./logto-world.ts";

const world = useLogto();
const { application, console: logtoConsole, provider, compare: look } = world;

const create = async () => {
  const [admin, member] = [await world.createPerson(), await world.createPerson()];
  return { admin, member, ...(await world.createPair({ admin, member })) };
};

describe("a change at Logto", () => {
  it("RB10 is followed here: a role, a removal, and a new member who is not known here", async () => {
    const { organization, logtoId, owner, admin, member } = await create();
    const stranger = await world.createAccount("Someone New");
    await logtoConsole.setRole(logtoId, member, "viewer");
    await logtoConsole.removeMember(logtoId, admin);
    await logtoConsole.addMember(logtoId, stranger, "admin");
    await look(organization);
    expect(await world.readMembers(organization)).toEqual({
      [owner.subject]: "owner",
      [member.subject]: "viewer",
      [stranger.subject]: "admin",
    });
    expect(await world.readMembersAtLogto(logtoId)).toEqual(await world.readMembers(organization));
    const events = await world.readNobodysEvents(organization);
    expect(events.map(({ action, details }) => ({ action, ...details }))).toEqual(
      expect.arrayContaining([
        { action: "member.role_changed", from: "member", to: "viewer", via: "logto" },
        { action: "member.removed", role: "admin", via: "logto" },
        { action: "member.joined", role: "admin", via: "logto" },
      ]),
    );
    expect(events).toHaveLength(3);
    expect(await world.countOpen()).toBe(0);
  });

  it("is followed for one person alone", async () => {
    const { organization, logtoId, member, admin } = await create();
    await logtoConsole.setRole(logtoId, member, "viewer");
    await logtoConsole.setRole(logtoId, admin, "viewer");
    const organizationIds = [organization.id];
    await hintMemberships(application.database, { organizationIds, userId: member.id });
    await world.settle();
    expect(await world.readMembers(organization)).toMatchObject({
      [member.subject]: "viewer",
      [admin.subject]: "admin",
    });
  });

  it("makes a member without any of our roles a viewer here, and does not tell Logto so", async () => {
    const { organization, logtoId, admin } = await create();
    const stranger = await world.createAccount();
    await logtoConsole.addMember(logtoId, stranger);
    await logtoConsole.setRole(logtoId, admin, null);
    await look(organization);
    const viewers = { [stranger.subject]: "viewer", [admin.subject]: "viewer" };
    expect(await world.readMembers(organization)).toMatchObject(viewers);
    const roles = { [stranger.subject]: "", [admin.subject]: "" };
    expect(await world.readMembersAtLogto(logtoId)).toMatchObject(roles);
    expect(await world.countOpen()).toBe(0);
  });

  it("leaves the role of such a viewer to us once someone here chooses it, which Logto is told", async () => {
    const { organization, logtoId, owner } = await create();
    const viewer = await world.createPerson();
    await logtoConsole.addMember(logtoId, viewer);
    await look(organization);
    const actor = actorIn(owner, organization);
    await changeRole(application.database, actor, { userId: viewer.id, role: "member" });
    await changeRole(application.database, actor, { userId: viewer.id, role: "viewer" });
    await world.settle();
    expect(await world.readMembersAtLogto(logtoId)).toHaveProperty(viewer.subject, "viewer");
  });

  it("renames the organization, unless the name is unreadable", async () => {
    const { organization, logtoId } = await create();
    await logtoConsole.rename(logtoId, "A name from the Console");
    await look(organization);
    const readName = async () =>
      (
        await application.query("select name from organizations where id = $1", [organization.id])
      )[0];
    expect(await readName()).toEqual({ name: "A name from the Console" });
    await logtoConsole.rename(logtoId, "\u202Eevil");
    await look(organization);
    expect(await readName()).toEqual({ name: "A name from the Console" });
    expect(await logtoConsole.readName(logtoId)).toBe("A name from the Console");
  });

  it("transfers the ownership in one run: the new owner comes first", async () => {
    const { organization, logtoId, owner, member } = await create();
    await logtoConsole.setRole(logtoId, owner, "member");
    await logtoConsole.setRole(logtoId, member, "owner");
    await look(organization);
    expect(await world.readMembers(organization)).toMatchObject({
      [owner.subject]: "member",
      [member.subject]: "owner",
    });
  });

  it("is none if both sides are equal", async () => {
    const { organization, logtoId } = await create();
    await look(organization);
    expect(await world.readNobodysEvents(organization)).toEqual([]);
    expect(await logtoConsole.readName(logtoId)).toBe(organization.name);
  });
});

describe("a change at Logto that cannot hold here", () => {
  it.each(["removed", "made a member"])(
    "RB15 is reverted at Logto, and noted: the last owner is %s",
    async (what) => {
      const { organization, logtoId, owner } = await create();
      await (what === "removed"
        ? logtoConsole.removeMember(logtoId, owner)
        : logtoConsole.setRole(logtoId, owner, "member"));
      await look(organization);
      expect(await world.readMembers(organization)).toHaveProperty(owner.subject, "owner");
      expect(await world.readMembersAtLogto(logtoId)).toHaveProperty(owner.subject, "owner");
      expect(await world.readNobodysEvents(organization)).toEqual([
        {
          action: "logto.change_reverted",
          targetId: owner.id,
          details: { reason: "no owner would be left" },
        },
      ]);
    },
  );

  it("is reverted: a suspended member is added there; one who is not there costs no request", async () => {
    const { organization, logtoId, owner, member } = await create();
    await suspendMember(application.database, actorIn(owner, organization), { userId: member.id });
    await world.settle();
    const { faults } = provider.logto;
    faults.set({ kind: "slow", milliseconds: 0 });
    await look(organization);
    const asked = faults.struck.filter((request) => request.includes(member.subject));
    faults.clear();
    expect(asked).toEqual([]);
    expect(await world.countOpen()).toBe(0);

    await logtoConsole.addMember(logtoId, member, "admin");
    await look(organization);
    expect(await world.readMembersAtLogto(logtoId)).not.toHaveProperty(member.subject);
    const [event] = await world.readNobodysEvents(organization);
    expect(event).toMatchObject({ details: { reason: "suspended here" } });
  });

  it("is reverted: a member is added without a free seat", async () => {
    const { organization, logtoId } = await create();
    await application.query("update organizations set seat_limit = 3 where id = $1", [
      organization.id,
    ]);
    const stranger = await world.createAccount();
    await logtoConsole.addMember(logtoId, stranger, "member");
    await look(organization);
    expect(await world.readMembersAtLogto(logtoId)).not.toHaveProperty(stranger.subject);
    expect(await world.readMembers(organization)).not.toHaveProperty(stranger.subject);
    expect(await world.countOpen()).toBe(0);
  });

  it("is reverted: a deleted organization is created again, with all its members", async () => {
    const { organization, logtoId } = await create();
    await logtoConsole.deleteOrganization(logtoId);
    await look(organization);
    const anew = await world.findLogtoId(organization);
    expect(anew).not.toBe(logtoId);
    expect(await world.readMembersAtLogto(anew)).toEqual(await world.readMembers(organization));
    expect(Object.keys(await world.readMembers(organization))).toHaveLength(3);
    expect(await world.readNobodysEvents(organization)).toMatchObject([
      { action: "logto.change_reverted", details: { reason: "deleted at Logto" } },
    ]);
  });
});

describe("a change here that Logto has not been told", () => {
  it("goes first, whatever Logto says", async () => {
    const { organization, logtoId, owner, admin, member } = await create();
    await changeRole(application.database, actorIn(owner, organization), {
      userId: member.id,
      role: "admin",
    });
    await logtoConsole.setRole(logtoId, member, "viewer");
    await removeMember(application.database, actorIn(owner, organization), { userId: admin.id });
    await logtoConsole.setRole(logtoId, admin, "owner");
    await look(organization);
    expect(await world.readMembers(organization)).toEqual({
      [owner.subject]: "owner",
      [member.subject]: "admin",
    });
    expect(await world.readMembersAtLogto(logtoId)).toEqual(await world.readMembers(organization));
  });
});
