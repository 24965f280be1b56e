import { describe, expect, it } from "vitest";

import { hasPermission, type Permission } from "../../src/access/roles.ts";
import { type Agent, useApplication } from "../support/application.ts";
import { findForms } from "../support/page-forms.ts";
import { arrive, assemble, readEvents, readOrganization, submit } from "./world.ts";
import { suspend } from "../support/world.ts";

const application = useApplication();

const remove = (agent: Agent, slug: string, confirmation = slug) =>
  submit(agent, `/o/${slug}/settings`, { action: "/deletion", confirmation });

const restore = (agent: Agent) => submit(agent, "/organizations", { action: "/restoration" });

const main = (html: string) => /<main[\s\S]*<\/main>/.exec(html)?.[0] ?? "";

describe("POST /o/:slug/deletion", () => {
  it.each([
    ["the address", (slug: string, _name: string) => slug],
    ["the name", (_slug: string, name: string) => name],
    ["the name with spaces around", (_slug: string, name: string) => `  ${name} `],
  ])(
    "deletes if %s is typed, and redirects to the list where owners can restore it",
    async (_what, type) => {
      const { organization, owner } = await assemble(application);
      const typed = type(organization.slug, organization.name);
      const answer = await remove(owner.agent, organization.slug, typed);
      expect([answer.status, answer.headers["location"]]).toEqual([303, "/organizations"]);
      const [row] = await application.query<{ age: number }>(
        "select extract(epoch from now() - deleted_at)::float as age from organizations where id = $1",
        [organization.id],
      );
      expect(row?.age).toBeLessThan(60);
      expect(await readEvents(application, organization)).toEqual([
        { action: "organization.deleted", actorId: owner.person.id, details: {} },
      ]);
    },
  );

  it.each([
    ["nothing", ""],
    ["another name", "another"],
    ["a part of it", "organ"],
  ])("does nothing for %s, and shows the open form again", async (_what, confirmation) => {
    const { organization, owner } = await assemble(application);
    const before = await readOrganization(application, organization);
    const answer = await remove(owner.agent, organization.slug, confirmation);
    expect(answer.status).toBe(422);
    expect(answer.text).toContain(`Please type ${organization.slug} to confirm.`);
    expect(answer.text).toContain("<details open");
    expect(await readOrganization(application, organization)).toEqual(before);
  });

  it("happens once if the form is sent three times", async () => {
    const { organization, owner } = await assemble(application);
    const path = `/o/${organization.slug}/deletion`;
    const press = () =>
      owner.agent.post(path).type("form").send({ confirmation: organization.slug });
    const statuses = (await Promise.all([press(), press(), press()])).map(({ status }) => status);
    expect(statuses.filter((status) => status === 303)).toHaveLength(1);
    expect(statuses.filter((status) => status === 404)).toHaveLength(2);
    expect(await readEvents(application, organization)).toHaveLength(1);
  });
});

describe("a deleted organization", () => {
  it("TI20 is a 404 at once, on every route and instance, to everybody", async () => {
    const world = await assemble(application);
    const { organization, owner } = world;
    const second = await application.startSecond();
    const people = [world.owner, world.admin, world.member, world.viewer, world.outsider];
    const cookies = await Promise.all(
      people.map(({ person }) => application.createSessionCookie(person)),
    );
    const routes = application.routes.filter(
      ({ path, access }) => path.includes(":slug") && access !== "organization:restore",
    );
    expect(routes.length).toBeGreaterThan(5);
    await remove(owner.agent, organization.slug);
    try {
      for (const { method, path } of routes) {
        const url = path.replace(":slug", organization.slug).replaceAll(/:\w+/g, owner.person.id);
        for (const baseUrl of [application.baseUrl, second.baseUrl]) {
          for (const { cookie } of cookies) {
            const headers = { cookie, accept: "text/html", "sec-fetch-site": "same-origin" };
            const answer = await fetch(baseUrl + url, { method, headers, redirect: "manual" });
            expect(answer.status, `${method} ${path}`).toBe(404);
          }
        }
      }
    } finally {
      await second.stop();
    }
  });

  it("TI20 is in no switcher and no start page, and its former address is a 404, too", async () => {
    const { organization, owner, admin } = await assemble(application);
    const slug = `${organization.slug}-moved`;
    await submit(owner.agent, `/o/${organization.slug}/settings`, { action: "/settings", slug });
    await admin.agent.get(`/o/${slug}`);
    expect((await admin.agent.get("/")).headers["location"]).toBe(`/o/${slug}`);
    await remove(owner.agent, slug);
    expect((await admin.agent.get(`/o/${organization.slug}`)).status).toBe(404);
    expect((await admin.agent.get("/")).headers["location"]).toBe("/organizations");
    for (const { agent } of [owner, admin]) {
      const { text } = await agent.get("/account");
      expect(text).not.toContain(organization.name);
    }
  });

  it("is shown to its owners only, with the day of its purge", async () => {
    const { organization, owner, admin, viewer } = await assemble(application);
    await remove(owner.agent, organization.slug);
    await application.query(
      "update organizations set deleted_at = '2026-03-01T12:00:00Z' where id = $1",
      [organization.id],
    );
    const list = main((await owner.agent.get("/organizations")).text);
    expect(list).toContain("The organization was deleted.");
    expect(list).toContain(organization.name);
    expect(list.replaceAll(/<[^>]+>/g, "")).toContain(
      "Deleted. You can restore it until March 15, 2026.",
    );
    expect(list).not.toContain(`href="/o/${organization.slug}"`);
    for (const { agent } of [admin, viewer]) {
      expect((await agent.get("/organizations")).text).not.toContain(organization.name);
    }
  });

  it("keeps its address: no other organization can take it", async () => {
    const { organization, owner, outsider, foreign } = await assemble(application);
    await remove(owner.agent, organization.slug);
    const answer = await submit(outsider.agent, `/o/${foreign.slug}/settings`, {
      action: "/settings",
      slug: organization.slug,
    });
    expect(answer.status).toBe(422);
  });
});

describe("POST /o/:slug/restoration", () => {
  it("restores everything as it was, and writes it to the audit log", async () => {
    const { organization, owner, viewer } = await assemble(application);
    const before = await readOrganization(application, organization);
    await remove(owner.agent, organization.slug);
    const answer = await restore(owner.agent);
    expect([answer.status, answer.headers["location"]]).toEqual([
      303,
      `/o/${organization.slug}/settings`,
    ]);
    expect((await owner.agent.get(answer.headers["location"] ?? "")).text).toContain(
      "The organization was restored.",
    );
    expect((await viewer.agent.get(`/o/${organization.slug}`)).status).toBe(200);
    const { rows, events } = await readOrganization(application, organization);
    // The two changes for Logto are recorded as well.
    const notes = { logto_organizations: expect.any(Array), logto_memberships: expect.any(Array) };
    expect(rows).toEqual({ ...before.rows, ...notes });
    expect(events.map(({ action }) => action)).toEqual([
      "organization.deleted",
      "organization.restored",
    ]);
  });

  it("TI06 is for owners of a deleted organization only", async () => {
    const { organization, owner, admin, outsider } = await assemble(application);
    const path = `/o/${organization.slug}/restoration`;
    expect((await owner.agent.post(path)).status).toBe(404);
    await remove(owner.agent, organization.slug);
    const before = await readOrganization(application, organization);
    expect((await admin.agent.post(path)).status).toBe(403);
    expect((await outsider.agent.post(path)).status).toBe(404);
    expect((await application.visitor().post(path)).status).toBe(401);
    expect(await readOrganization(application, organization)).toEqual(before);
  });

  it("is refused from a list for another account", async () => {
    const { organization, owner } = await assemble(application);
    const other = await arrive(application);
    await application.addMember(organization, other.person, "owner");
    await remove(owner.agent, organization.slug);
    const { text } = await owner.agent.get("/organizations");
    const form = findForms({ html: text, url: application.baseUrl }).find(({ action }) =>
      action.includes("restoration"),
    );
    const { pathname, search } = new URL(form?.action ?? "");
    expect((await other.agent.post(pathname + search)).status).toBe(409);
    expect((await owner.agent.post(pathname + search)).status).toBe(303);
  });

  it("is the only route for deleted organizations", () => {
    const ofDeleted = application.routes.filter(
      ({ access }) => access === ("organization:restore" satisfies Permission),
    );
    expect(ofDeleted.map(({ method, path }) => `${method} ${path}`)).toEqual([
      "POST /o/:slug/restoration",
    ]);
    expect(hasPermission("admin", "organization:restore")).toBe(false);
  });
});

describe("GET /organizations", () => {
  it("marks a suspended membership, without a link", async () => {
    const { organization, owner, member } = await assemble(application);
    await suspend(application, member.person);
    const list = main((await member.agent.get("/organizations")).text);
    expect(list).toContain(organization.name);
    expect(list).toContain("Suspended");
    expect(list).not.toContain(`href="/o/${organization.slug}"`);
    expect((await member.agent.get(`/o/${organization.slug}`)).status).toBe(403);
    await remove(owner.agent, organization.slug);
    expect((await member.agent.get("/organizations")).text).not.toContain(organization.name);
  });

  it("offers a suspended owner no restoration", async () => {
    const { organization, owner } = await assemble(application);
    const other = await arrive(application);
    await application.addMember(organization, other.person, "owner");
    await suspend(application, other.person);
    await remove(owner.agent, organization.slug);
    expect((await other.agent.get("/organizations")).text).not.toContain(organization.name);
    expect((await other.agent.post(`/o/${organization.slug}/restoration`)).status).toBe(403);
  });
});
