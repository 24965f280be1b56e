import supertest from "supertest";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { changeRole, removeMember } from "../../src/memberships/member.ts";
import { actorIn } from "../support/acting.ts";
import { useApplication } from "../support/application.ts";
import { type Colleague } from "../support/colleagues.ts";
import { repetitions } from "../support/endurance.ts";
import { surfaces } from "./surfaces.ts";
import { assemble } from "./world.ts";

const application = useApplication();
let second: Awaited<ReturnType<typeof application.startSecond>>;

beforeAll(async () => {
  second = await application.startSecond();
});
afterAll(() => second.stop());

/** A browser that sends a person's requests to the second instance, with an existing session. */
async function browse({ person }: Colleague) {
  const { cookie: Cookie } = await application.createSessionCookie(person);
  const agent = supertest.agent(second.baseUrl).set({ Cookie, "Sec-Fetch-Site": "same-origin" });
  return (path: string, method: "get" | "put" | "post" = "get", body?: object) =>
    agent[method](path)
      .accept(method === "get" ? "html" : "json")
      .send(body);
}

describe.each(surfaces)("a change on one instance by $surface", (surface) => {
  it("RB09 applies on another instance to the next request: a role, a suspension, its end, a removal", async () => {
    const world = await assemble(application);
    const { owner, admin, member, viewer } = world.people;
    const { id } = admin.person;
    const visit = await browse(admin);
    const setRole = async (role: string) =>
      (await visit(`${world.path}/members/${viewer.person.id}/role`, "put", { role })).status;
    const suspendButton = `Suspend ${member.person.name}`;
    const page = `${world.path}/members?manage=${member.person.id}`;
    expect((await visit(page)).text).toContain(suspendButton);
    expect(await setRole("member")).toBe(204);

    await surface.changeRole(owner.agent, world, id, { role: "viewer" });
    expect(await setRole("viewer")).toBe(403);
    const asViewer = await visit(page);
    expect([asViewer.status, asViewer.text.includes(suspendButton)]).toEqual([200, false]);
    expect((await visit(`${world.path}/roles`)).text).toContain("Your role: Viewer.");
    await surface.changeRole(owner.agent, world, id, { role: "admin" });
    expect(await setRole("viewer")).toBe(204);

    await surface.suspend(owner.agent, world, id);
    const suspended = await visit(world.path);
    expect(suspended.status).toBe(403);
    expect(suspended.text).toContain("Your membership is suspended");
    expect((await visit(`${world.path}/departure`, "post")).status).toBe(403);
    expect((await visit("/organizations")).text).not.toContain(`href="${world.path}"`);
    await surface.reinstate(owner.agent, world, id);
    expect((await visit(world.path)).status).toBe(200);

    await surface.remove(owner.agent, world, id);
    for (const path of [world.path, `${world.path}/members`, `${world.api}/members`]) {
      expect((await visit(path)).status, path).toBe(404);
    }
    expect(await setRole("member")).toBe(404);
    expect((await visit("/organizations")).text).not.toContain(world.organization.slug);
    expect((await member.agent.get(world.path)).status).toBe(200);
  });
});

const tries = repetitions(200, 10);

it(`RB09 binds the very next request on another instance, ${tries} times: a role, a revoked session, a removal`, async () => {
  const world = await assemble(application);
  const { owner } = world.people;
  const { database } = application;
  const actor = actorIn(owner.person, world.organization);
  const { id: userId } = world.people.admin.person;
  const visit = await browse(world.people.admin);
  for (let turn = 0; turn < tries; turn += 1) {
    const role = turn % 2 === 0 ? "viewer" : "admin";
    await changeRole(database, actor, { userId, role });
    const { status } = await visit(`${world.path}/invitations`);
    expect([turn, status]).toEqual([turn, role === "admin" ? 200 : 403]);
    const session = await browse(owner);
    expect((await session(world.path)).status).toBe(200);
    await application.query("update sessions set revoked_at = now() where user_id = $1", [
      owner.person.id,
    ]);
    expect([turn, (await session(world.path)).status]).toEqual([turn, 303]);
  }
  await removeMember(database, actor, { userId });
  expect((await visit(world.path)).status).toBe(404);
});
