import { describe, expect, it } from "vitest";

import { useApplication } from "../support/application.ts";
import { listActs, surfaces } from "./surfaces.ts";
import { assemble, readStanding, readState } from "./world.ts";

const application = useApplication();

describe.each(surfaces)("by $surface", (surface) => {
  const { changeRole, remove, suspend, reinstate, done } = surface;
  const acts = listActs(surface);

  it("changes a role, and writes it to the audit log", async () => {
    const world = await assemble(application);
    const { admin, member } = world.people;
    const answer = await changeRole(admin.agent, world, member.person.id, { role: "admin" });
    expect(answer.status).toBe(done);
    const { members, events } = await readState(application, world.organization);
    expect(members).toContainEqual({
      userId: member.person.id,
      role: "admin",
      isSuspended: false,
    });
    expect(events).toEqual([
      {
        action: "member.role_changed",
        actorId: admin.person.id,
        targetId: member.person.id,
        details: { from: "member", to: "admin" },
      },
    ]);
  });

  it("removes, suspends and reinstates, and writes each to the audit log", async () => {
    const world = await assemble(application);
    const { admin, member, viewer } = world.people;
    for (const [act, standing] of [
      [suspend, "suspended"],
      [reinstate, "member"],
      [remove, null],
    ] as const) {
      expect((await act(admin.agent, world, member.person.id)).status).toBe(done);
      expect(await readStanding(application, world.organization, member)).toBe(standing);
    }
    expect(await readStanding(application, world.organization, viewer)).toBe("viewer");
    const { events } = await readState(application, world.organization);
    const common = { actorId: admin.person.id, targetId: member.person.id };
    expect(events).toEqual([
      { ...common, action: "member.suspended", details: {} },
      { ...common, action: "member.reinstated", details: {} },
      { ...common, action: "member.removed", details: { role: "member" } },
    ]);
  });

  it("writes nothing if nothing changes", async () => {
    const world = await assemble(application);
    const { owner, member, viewer } = world.people;
    await suspend(owner.agent, world, viewer.person.id);
    const before = await readState(application, world.organization);
    const same = await changeRole(owner.agent, world, member.person.id, { role: "member" });
    const own = await changeRole(owner.agent, world, owner.person.id, { role: "owner" });
    const again = await suspend(owner.agent, world, viewer.person.id);
    const restored = await reinstate(owner.agent, world, member.person.id);
    const answers = [same, own, again, restored];
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => done));
    expect(await readState(application, world.organization)).toEqual(before);
  });

  it("RB02 RB03 lets an admin give every role but that of an owner, also to themselves", async () => {
    const world = await assemble(application);
    const { admin, member, viewer } = world.people;
    for (const role of ["admin", "viewer", "member"]) {
      const answer = await changeRole(admin.agent, world, member.person.id, { role });
      expect(answer.status).toBe(done);
      expect(await readStanding(application, world.organization, member)).toBe(role);
    }
    const before = await readState(application, world.organization);
    for (const { person } of [admin, member, viewer]) {
      const answer = await changeRole(admin.agent, world, person.id, { role: "owner" });
      expect(answer.status).toBe(403);
      expect(answer.body).toMatchObject({ code: "member.role_above_own" });
    }
    expect(await readState(application, world.organization)).toEqual(before);
  });

  it("RB04 lets no admin do anything to an owner, not even to a suspended one", async () => {
    const world = await assemble(application);
    const { admin, owner } = world.people;
    const suspended = await world.join("owner");
    await suspend(owner.agent, world, suspended.person.id);
    const before = await readState(application, world.organization);
    for (const { person } of [owner, suspended]) {
      for (const act of acts) {
        const answer = await act(admin.agent, world, person.id);
        expect(answer.status).toBe(403);
        expect(answer.body).toMatchObject({ code: "member.owner_untouchable" });
      }
    }
    expect(await readState(application, world.organization)).toEqual(before);
  });

  it("lets an owner do all of this to another owner", async () => {
    const world = await assemble(application, { authenticationAge: 60 });
    const { owner } = world.people;
    const other = await world.join("owner");
    for (const [act, standing] of [
      [suspend, "suspended"],
      [reinstate, "owner"],
      [remove, null],
    ] as const) {
      expect((await act(owner.agent, world, other.person.id)).status).toBe(done);
      expect(await readStanding(application, world.organization, other)).toBe(standing);
    }
    const third = await world.join("owner");
    const answer = await changeRole(owner.agent, world, third.person.id, { role: "viewer" });
    expect(answer.status).toBe(done);
    expect(await readStanding(application, world.organization, third)).toBe("viewer");
  });

  it("lets people lower their own role", async () => {
    const world = await assemble(application);
    const { admin, owner } = world.people;
    await world.join("owner");
    for (const { agent, person } of [admin, owner]) {
      const answer = await changeRole(agent, world, person.id, { role: "viewer" });
      expect(answer.status).toBe(done);
    }
    expect(await readStanding(application, world.organization, owner)).toBe("viewer");
    expect(await readStanding(application, world.organization, admin)).toBe("viewer");
  });

  it("RB05 keeps the role of the last owner, also if another owner is suspended", async () => {
    const world = await assemble(application, { authenticationAge: 60 });
    const { owner } = world.people;
    const other = await world.join("owner");
    await suspend(owner.agent, world, other.person.id);
    const before = await readState(application, world.organization);
    for (const role of ["admin", "member", "viewer"]) {
      const answer = await changeRole(owner.agent, world, owner.person.id, { role });
      expect(answer.status).toBe(409);
      expect(answer.body).toMatchObject({ code: "member.last_owner" });
    }
    expect(await readState(application, world.organization)).toEqual(before);
    await reinstate(owner.agent, world, other.person.id);
    const answer = await changeRole(owner.agent, world, owner.person.id, { role: "admin" });
    expect(answer.status).toBe(done);
  });

  it("lets nobody suspend, reinstate or remove themselves, in any spelling of their id", async () => {
    const world = await assemble(application);
    const before = await readState(application, world.organization);
    for (const { agent, person } of [world.people.owner, world.people.admin]) {
      for (const id of [person.id, person.id.toUpperCase()]) {
        for (const act of [suspend, reinstate, remove]) {
          const answer = await act(agent, world, id);
          expect(answer.status).toBe(403);
          expect(answer.body).toMatchObject({ code: "member.yourself" });
        }
      }
    }
    expect(await readState(application, world.organization)).toEqual(before);
  });

  it.each([
    ["RB07 a role that does not exist", { role: "root" }],
    ["RB07 two roles in one", { role: "owner,admin" }],
    ["RB07 several roles", { role: ["owner", "admin"] }],
    ["RB07 a role in capitals", { role: "ADMIN" }],
    ["RB07 a role with a space", { role: "admin " }],
    ["RB07 a role with a letter that looks alike", { role: "\u0430dmin" }],
    ["RB07 a role with an invisible character", { role: "ad\u200bmin" }],
    ["RB07 what every object has", { role: "constructor" }],
    ["no role", {}],
    ["an empty role", { role: "" }],
    ["AP07 a prototype, too", JSON.parse('{"role":"admin","__proto__":"x"}') as object],
  ])("refuses %s, 422, and changes nothing", async (_what, fields) => {
    const world = await assemble(application);
    const before = await readState(application, world.organization);
    const { owner, member } = world.people;
    const answer = await changeRole(owner.agent, world, member.person.id, fields);
    expect(answer.status).toBe(422);
    expect(await readState(application, world.organization)).toEqual(before);
  });
});

describe("POST /o/:slug/departure", () => {
  it("ends the actor's membership, writes it to the audit log, and redirects to their other organizations", async () => {
    const world = await assemble(application);
    for (const role of ["viewer", "member", "admin"] as const) {
      const { agent, person } = world.people[role];
      const answer = await agent.post(`${world.path}/departure`);
      expect(answer.status).toBe(303);
      expect(answer.headers["location"]).toBe("/organizations");
      const list = await agent.get("/organizations");
      expect(list.text).toContain("You left the organization.");
      expect(list.text).not.toContain(`"${world.path}"`);
      const { events } = await readState(application, world.organization);
      expect(events.at(-1)).toEqual({
        action: "member.left",
        actorId: person.id,
        targetId: person.id,
        details: { role },
      });
    }
    expect((await readState(application, world.organization)).members).toHaveLength(1);
  });

  it("RB05 refuses the last owner, also if another owner is suspended, and lets others leave", async () => {
    const world = await assemble(application);
    const { owner } = world.people;
    const other = await world.join("owner");
    const suspend = (when: "now()" | "null") =>
      application.query(`update memberships set suspended_at = ${when} where user_id = $1`, [
        other.person.id,
      ]);
    await suspend("now()");
    const before = await readState(application, world.organization);
    const refused = await owner.agent.post(`${world.path}/departure`);
    expect(refused.status).toBe(409);
    expect(refused.text).toContain("There has to be an owner");
    expect(await readState(application, world.organization)).toEqual(before);
    await suspend("null");
    expect((await owner.agent.post(`${world.path}/departure`)).status).toBe(303);
    expect(await readStanding(application, world.organization, owner)).toBeNull();
  });
});

describe("the same requests under the address of the pages", () => {
  it("changes a role with PUT and removes with DELETE", async () => {
    const world = await assemble(application);
    const { owner, member, viewer } = world.people;
    const address = `${world.path}/members/${member.person.id}`;
    const put = await owner.agent.put(`${address}/role`).send({ role: "viewer" });
    expect([put.status, put.text]).toEqual([204, ""]);
    expect(await readStanding(application, world.organization, member)).toBe("viewer");
    const refused = await viewer.agent.delete(address);
    expect(refused.status).toBe(403);
    const removed = await owner.agent.delete(address);
    expect([removed.status, removed.text]).toEqual([204, ""]);
    expect(await readStanding(application, world.organization, member)).toBeNull();
  });
});
