import { describe, expect, it } from "vitest";

import { type Agent, useApplication } from "../support/application.ts";
import type { Colleague } from "../support/colleagues.ts";
import { listActs, surfaces } from "./surfaces.ts";
import { assemble, readStanding, readState, type World } from "./world.ts";

const application = useApplication();

describe.each(surfaces)("by $surface", (surface) => {
  const { changeRole, remove, suspend, reinstate, done } = surface;
  const acts = listActs(surface);

  it("RB03 changes a role to each that an admin may give, and writes it to the audit log", async () => {
    const world = await assemble(application);
    const { admin, member } = world.people;
    for (const role of ["admin", "viewer", "member"]) {
      const answer = await changeRole(admin.agent, world, member.person.id, { role });
      expect(answer.status).toBe(done);
      expect(await readStanding(application, world.organization, member)).toBe(role);
    }
    const { events } = await readState(application, world.organization);
    expect(events).toHaveLength(3);
    expect(events[0]).toEqual({
      action: "member.role_changed",
      actorId: admin.person.id,
      targetId: member.person.id,
      details: { from: "member", to: "admin" },
    });
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

  const makeOwner = (agent: Agent, place: World, userId: string) =>
    changeRole(agent, place, userId, { role: "owner" });

  it.each([
    {
      what: "RB02 RB03 an admin to make anybody an owner, also themselves",
      code: "member.role_above_own",
      by: { admin: ["admin", "member", "viewer"] },
      refused: [makeOwner],
    },
    {
      what: "RB04 an admin to do anything to an owner, not even to a suspended one",
      code: "member.owner_untouchable",
      by: { admin: ["owner", "suspended"] },
      refused: acts,
    },
    {
      what: "anybody to suspend, reinstate or remove themselves",
      code: "member.yourself",
      by: { owner: ["owner"], admin: ["admin"] },
      refused: [suspend, reinstate, remove],
    },
  ])("does not allow $what", async ({ code, by, refused }) => {
    const world = await assemble(application);
    const suspended = await world.join("owner");
    await suspend(world.people.owner.agent, world, suspended.person.id);
    const people: Record<string, Colleague> = { ...world.people, suspended };
    const before = await readState(application, world.organization);
    for (const [actor, targets] of Object.entries(by)) {
      for (const target of targets) {
        const id = people[target]?.person.id ?? "";
        for (const act of refused) {
          for (const spelled of [id, id.toUpperCase()]) {
            const answer = await act(people[actor]?.agent ?? application.visitor(), world, spelled);
            expect([answer.status, answer.body.code]).toEqual([403, code]);
          }
        }
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
      expect(list.text).toContain(`You left ${world.organization.name}.`);
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
