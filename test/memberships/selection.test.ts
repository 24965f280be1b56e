import { randomUUID } from "node:crypto";

import { describe, expect, it } from "vitest";

import { type Agent, useApplication } from "../support/application.ts";
import { findForms } from "../support/page-forms.ts";
import { suspend } from "../support/world.ts";
import { assemble, readStanding, readState, type World } from "./world.ts";

const application = useApplication();

/** Checks the boxes of some members, and presses a button. @returns the answer, and the page that it leads to */
async function act(
  agent: Agent,
  { path }: Pick<World, "path">,
  fields: { userId: readonly string[]; act: string; role?: string },
) {
  const { text } = await agent.get(`${path}/members?search=person`);
  const form = findForms({ html: text, url: application.baseUrl }).find(({ action }) =>
    action.includes("/members/selection"),
  );
  const { pathname, search } = new URL(form?.action ?? "");
  const answer = await agent
    .post(pathname + search)
    .type("form")
    .send(fields);
  const location = answer.headers["location"];
  return { answer, location, shown: location ? (await agent.get(location)).text : answer.text };
}

const idsOf = (...colleagues: { person: { id: string } }[]) =>
  colleagues.map(({ person }) => person.id);

describe("POST /o/:slug/members/selection", () => {
  it("offers a box for each member whom the reader may change, and nothing to others", async () => {
    const world = await assemble(application);
    const { owner, admin, member, viewer } = world.people;
    const boxes = async ({ agent }: { agent: Agent }) =>
      [
        ...(await agent.get(`${world.path}/members`)).text.matchAll(
          /name="userId" value="([^"]+)"/g,
        ),
      ].map(([, id]) => id);
    expect(await boxes(owner)).toEqual(idsOf(admin, member, viewer));
    expect(await boxes(admin)).toEqual(idsOf(member, viewer));
    expect(await boxes(member)).toEqual([]);
    const { text } = await member.agent.get(`${world.path}/members`);
    expect(text).not.toContain("members/selection");
  });

  it.each([
    ["role", "are now viewers", "viewer"],
    ["suspend", "are suspended", "suspended"],
    ["restore", "have access again", "member"],
    ["remove", "were removed", null],
  ] as const)(
    "%s: does it to each, with an event each, and names them",
    async (name, text, now) => {
      const world = await assemble(application);
      const chosen = [await world.join("member"), await world.join("member")];
      if (name === "restore") for (const { person } of chosen) await suspend(application, person);
      const before = (await readState(application, world.organization)).events.length;
      const { answer, location, shown } = await act(world.people.owner.agent, world, {
        userId: idsOf(...chosen),
        act: name,
        role: "viewer",
      });
      expect([answer.status, location]).toEqual([303, `${world.path}/members?search=person`]);
      expect(shown).toContain(`${text}.`);
      for (const each of chosen) {
        expect(await readStanding(application, world.organization, each)).toBe(now);
      }
      const { events } = await readState(application, world.organization);
      expect(events).toHaveLength(before + 2);
    },
  );

  it("tells who stays as they were and why, and does the rest", async () => {
    const world = await assemble(application);
    const { owner, admin, member } = world.people;
    await application.query("update users set name = 'Chidi Okafor' where id = $1", [
      owner.person.id,
    ]);
    await application.query("update users set name = 'Bo' where id = $1", [member.person.id]);
    const { shown } = await act(admin.agent, world, {
      userId: idsOf(owner, member, world.outsider),
      act: "remove",
    });
    expect(shown).toContain("Bo was removed. Not changed: Chidi Okafor (an owner).");
    expect(await readStanding(application, world.organization, owner)).toBe("owner");
    expect(await readStanding(application, world.organization, member)).toBeNull();
  });

  it("finds nobody of another organization", async () => {
    const world = await assemble(application);
    const other = await assemble(application);
    const { answer } = await act(world.people.owner.agent, world, {
      userId: idsOf(other.people.member),
      act: "remove",
    });
    expect(answer.status).toBe(404);
    expect(await readStanding(application, other.organization, other.people.member)).toBe("member");
  });

  it("keeps the notice about 20 people with the longest names", async () => {
    const world = await assemble(application);
    const chosen = await Promise.all(Array.from({ length: 20 }, () => world.join("member")));
    await application.query("update users set name = repeat('😀', 60) where id = any($1)", [
      idsOf(...chosen),
    ]);
    const { shown } = await act(world.people.owner.agent, world, {
      userId: idsOf(...chosen),
      act: "role",
      role: "viewer",
    });
    expect(shown).toContain("and 17 more are now viewers.");
  });

  const manyIds = Array.from({ length: 21 }, () => randomUUID());
  it.each([
    [{ userId: [], act: "remove" }, "Please select 1 to 20 people first."],
    [{ userId: manyIds, act: "remove" }, "Please select 1 to 20 people first."],
    [{ act: "destroy" }, "Please choose what to do."],
    [{ act: "role", role: "owner" }, "Please choose one of the roles."],
  ])("refuses %j, and shows the page again", async (fields, message) => {
    const world = await assemble(application);
    const { answer } = await act(world.people.owner.agent, world, {
      userId: idsOf(world.people.member),
      ...fields,
    });
    expect(answer.status).toBe(422);
    expect(answer.text).toContain(message);
    expect(answer.text).not.toContain(`: ${message}`);
  });
});
