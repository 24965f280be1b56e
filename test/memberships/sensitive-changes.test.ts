import { describe, expect, it } from "vitest";

import { useApplication } from "../support/application.ts";
import { surfaces } from "./surfaces.ts";
import { assemble, readStanding, readState } from "./world.ts";

const application = useApplication();

describe.each(surfaces)("making another member an owner, by $surface", ({ changeRole, done }) => {
  it.each([
    ["without a recent sign-in", null],
    ["who signed in more than ten minutes ago", 11 * 60],
  ])("asks an owner %s for a proof, and changes nothing", async (_who, authenticationAge) => {
    const world = await assemble(application);
    const { owner, member } = world.people;
    const agent = await application.signInAs(owner.person, { authenticationAge });
    const before = await readState(application, world.organization);
    const answer = await changeRole(agent, world, member.person.id, { role: "owner" });
    expect(answer.status).toBe(403);
    expect(answer.body).toMatchObject({ code: "auth.reauthentication_required" });
    // An id in capital letters names the same person.
    const id = member.person.id.toUpperCase();
    expect((await changeRole(agent, world, id, { role: "owner" })).status).toBe(403);
    expect(await readState(application, world.organization)).toEqual(before);
  });

  it("accepts an owner who has just signed in", async () => {
    const world = await assemble(application);
    const { owner, member } = world.people;
    const agent = await application.signInAs(owner.person, { authenticationAge: 60 });
    const answer = await changeRole(agent, world, member.person.id, { role: "owner" });
    expect(answer.status).toBe(done);
    const { members } = await readState(application, world.organization);
    const owners = members.filter(({ role }) => role === "owner").map(({ userId }) => userId);
    expect(new Set(owners)).toEqual(new Set([owner.person.id, member.person.id]));
  });

  it("asks for no proof if the act is not permitted anyway, or for a weaker role", async () => {
    const world = await assemble(application);
    const { owner, admin, member } = world.people;
    const refused = await changeRole(admin.agent, world, member.person.id, { role: "owner" });
    expect(refused.body).toMatchObject({ code: "member.role_above_own" });
    const lesser = await changeRole(owner.agent, world, member.person.id, { role: "admin" });
    expect(lesser.status).toBe(done);
  });
});

describe.each(surfaces)("ending the suspension of an owner, by $surface", (surface) => {
  const { suspend, reinstate, done } = surface;

  it("asks for a proof; ending that of another member does not", async () => {
    const world = await assemble(application);
    const { owner, admin } = world.people;
    const other = await world.join("owner");
    for (const { person } of [other, admin]) await suspend(owner.agent, world, person.id);
    const answer = await reinstate(owner.agent, world, other.person.id);
    expect(answer.status).toBe(403);
    expect(answer.body).toMatchObject({ code: "auth.reauthentication_required" });
    expect(await readStanding(application, world.organization, other)).toBe("suspended");
    expect((await reinstate(owner.agent, world, admin.person.id)).status).toBe(done);
    const proven = await application.signInAs(owner.person, { authenticationAge: 60 });
    expect((await reinstate(proven, world, other.person.id)).status).toBe(done);
    expect(await readStanding(application, world.organization, other)).toBe("owner");
  });
});

it("an owner who has to sign in returns to the members", async () => {
  const world = await assemble(application);
  const { owner, member } = world.people;
  const answer = await owner.agent
    .post(`${world.path}/members/${member.person.id}/role`)
    .type("form")
    .send({ role: "owner" });
  expect(answer.status).toBe(403);
  expect(answer.text).toContain("Verify it's you");
  const [, href = ""] = /href="(\/sign-in\?[^"]+)"/.exec(answer.text) ?? [];
  const { searchParams } = new URL(href.replaceAll("&amp;", "&"), "http://localhost");
  expect(Object.fromEntries(searchParams)).toEqual({
    returnTo: `${world.path}/members`,
    reauthenticate: "yes",
  });
});
