import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { type Database, openDatabase } from "../../src/database/database.ts";
import { useApplication } from "../support/application.ts";
import { type Colleague } from "../support/colleagues.ts";
import { surfaces } from "./surfaces.ts";
import { assemble } from "./world.ts";

const application = useApplication();
let database: Database;
let second: Awaited<ReturnType<typeof application.startSecond>>;

beforeAll(async () => {
  const { url } = application.config.database;
  database = openDatabase({ url, poolSize: 2, logger: { warn: () => {} }, slowness: 10 });
  second = await application.startSecond(database);
});
afterAll(async () => {
  await second.stop();
  await database.close();
});

/** A browser that sends a person's requests to the second instance, with an existing session. */
async function browse({ person }: Colleague) {
  const { cookie } = await application.createSessionCookie(person);
  return async (path: string, method = "GET", body?: object) => {
    const answer = await fetch(second.baseUrl + path, {
      method,
      headers: {
        cookie,
        accept: method === "GET" ? "text/html" : "application/json",
        "sec-fetch-site": "same-origin",
        ...(body && { "content-type": "application/json" }),
      },
      redirect: "manual",
      ...(body && { body: JSON.stringify(body) }),
    });
    return { status: answer.status, text: await answer.text() };
  };
}

describe.each(surfaces)("a change on one instance by $surface", (surface) => {
  it("RB09 applies on another instance to the next request: a role, to permissions and to pages", async () => {
    const world = await assemble(application);
    const { owner, admin, member, viewer } = world.people;
    const visit = await browse(admin);
    const target = `${world.path}/members/${viewer.person.id}`;
    const before = await visit(`${world.path}/members`);
    expect(before.text).toContain(`Suspend ${member.person.name}`);
    expect((await visit(`${target}/role`, "PUT", { role: "member" })).status).toBe(204);

    await surface.changeRole(owner.agent, world, admin.person.id, { role: "viewer" });
    expect((await visit(`${target}/role`, "PUT", { role: "viewer" })).status).toBe(403);
    const after = await visit(`${world.path}/members`);
    expect(after.status).toBe(200);
    expect(after.text).not.toContain(`Suspend ${member.person.name}`);
    expect(after.text).toContain("Your role: viewer.");

    await surface.changeRole(owner.agent, world, admin.person.id, { role: "admin" });
    expect((await visit(`${target}/role`, "PUT", { role: "viewer" })).status).toBe(204);
    expect((await visit(`${world.path}/members`)).text).toContain(`Suspend ${member.person.name}`);
  });

  it("RB09 applies on another instance to the next request: a suspension and its end", async () => {
    const world = await assemble(application);
    const { owner, member } = world.people;
    const visit = await browse(member);
    expect((await visit(world.path)).status).toBe(200);

    await surface.suspend(owner.agent, world, member.person.id);
    const shutOut = await visit(world.path);
    expect(shutOut.status).toBe(403);
    expect(shutOut.text).toContain("Your membership is suspended");
    expect((await visit(`${world.path}/departure`, "POST")).status).toBe(403);
    expect((await visit("/organizations")).text).not.toContain(`href="${world.path}"`);

    await surface.reinstate(owner.agent, world, member.person.id);
    expect((await visit(world.path)).status).toBe(200);
  });

  it("RB09 applies on another instance to the next request: a removal, and every page is a 404", async () => {
    const world = await assemble(application);
    const { owner, admin } = world.people;
    const visit = await browse(admin);
    expect((await visit(`${world.path}/members`)).status).toBe(200);

    await surface.remove(owner.agent, world, admin.person.id);
    for (const path of [world.path, `${world.path}/members`, `${world.api}/members`]) {
      expect((await visit(path)).status, path).toBe(404);
    }
    const target = `${world.path}/members/${world.people.member.person.id}`;
    expect((await visit(target, "DELETE")).status).toBe(404);
    expect((await visit("/organizations")).text).not.toContain(world.organization.slug);
    expect((await world.people.member.agent.get(world.path)).status).toBe(200);
  });
});
