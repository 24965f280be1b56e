import { describe, expect, it } from "vitest";

import { roles } from "../../src/access/roles.ts";
import { projectFieldNames } from "../../src/projects/schema.ts";
import { useApplication } from "../support/application.ts";
import { findForms } from "../support/page-forms.ts";
import { createWorld, fillIn, pathOf, post, readForm, samples } from "./world.ts";
import { withoutOwnScripts } from "../support/own-scripts.ts";

const application = useApplication();
const { assemble, assembleOwner, addProject, readProjects, readEvents } = createWorld(application);

/** The names of a list, in its order. */
const listNames = (html: string) =>
  [...html.matchAll(/href="\/o\/[^/"]+\/projects\/[^"]+">([^<]+)</g)].map(([, name]) => name);

describe("POST /o/:slug/projects", () => {
  it("creates a project, opens it with a notice, and records the actor", async () => {
    const { organization, owner, agent } = await assembleOwner();
    const { text } = await agent.get(pathOf(organization));
    const forms = findForms({ html: text, url: application.baseUrl });
    const form = forms.find(({ action }) => action.includes("/projects?pageToken="));
    const { pathname, search } = new URL(form?.action ?? "");
    const answer = await post(agent, pathname + search, fillIn({ name: "  Apollo " }));
    expect(answer.status).toBe(303);
    const [project] = await readProjects(organization);
    expect(project).toMatchObject({ name: "Apollo", is_archived: false });
    const page = await agent.get(answer.headers["location"] ?? "");
    expect(page.text).toContain("The project was created.");
    for (const { shown } of Object.values(samples)) expect(page.text).toContain(shown);
    expect(page.text).toMatch(new RegExp(`Created by</dt><dd[^>]*>${owner.name}<`));
    expect(await readEvents(organization)).toMatchObject([
      { action: "project.created", targetId: project?.id, details: { name: "Apollo" } },
    ]);
    const [event] = await application.query(
      "select actor_id, request_id, user_agent from audit_events where target_id = $1",
      [project?.id],
    );
    expect(event).toMatchObject({
      actor_id: owner.id,
      request_id: answer.headers["x-request-id"],
    });
  });

  it.each([
    ["a name of spaces", { name: "   " }],
    ["a name that is too long", { name: "x".repeat(81) }],
    ["two names", { name: ["a", "b"] }],
    ["a name of two lines", { name: "a\nb" }],
    ["AP04 a name that turns the reading direction", { name: "abc\u202edef" }],
    ["TI04 an id, too", { id: "0191d2c0-0000-7000-8000-000000000000" }],
    ["TI04 an organization, too", { organizationId: "0191d2c0-0000-7000-8000-000000000000" }],
    ["TI04 a creator, too", { createdById: "0191d2c0-0000-7000-8000-000000000000" }],
    ["AP07 a prototype, too", { ["__proto__"]: "x" }],
  ])("shows the form again, 422, for %s, and creates nothing", async (_what, fields) => {
    const { organization, agent } = await assembleOwner();
    const sent = new URLSearchParams(Object.entries(fillIn()));
    for (const [name, value] of Object.entries(fields)) {
      sent.delete(name);
      for (const each of [value].flat()) sent.append(name, each);
    }
    const answer = await post(agent, pathOf(organization), sent.toString());
    expect(answer.status).toBe(422);
    expect(answer.text).toContain("Create project");
    expect(answer.text).toMatch(/aria-invalid="true"|role="alert"/);
    expect(await readProjects(organization)).toEqual([]);
    expect(await readEvents(organization)).toEqual([]);
  });

  it("CS13 shows a name as text on every page", async () => {
    const { organization, agent } = await assembleOwner();
    const name = `"><script>alert('x')</script>`;
    const { headers } = await post(agent, pathOf(organization), fillIn({ name }));
    const typed = await post(agent, pathOf(organization), fillIn({ name: name.repeat(9) }));
    for (const { text } of [
      await agent.get(pathOf(organization)),
      await agent.get(headers["location"] ?? ""),
      typed,
    ]) {
      expect(text).toContain("&lt;script>alert('x')&lt;/script>");
      expect(withoutOwnScripts(text)).not.toContain("<script");
    }
  });

  it("creates two projects if it is sent twice: names need not be unique", async () => {
    const { organization, agent } = await assembleOwner();
    const answers = await Promise.all(
      [1, 2].map(() => post(agent, pathOf(organization), fillIn({ name: "Twin" }))),
    );
    expect(answers.map(({ status }) => status)).toEqual([303, 303]);
    expect(await readProjects(organization)).toHaveLength(2);
    expect(await readEvents(organization)).toHaveLength(2);
  });
});

describe("GET /o/:slug/projects/:projectId", () => {
  it("offers each role only the acts that it may do, in forms with a page token", async () => {
    const { organization, as } = await assemble();
    const id = await addProject(organization);
    const offered: Record<string, (string | undefined)[]> = {};
    for (const role of roles) {
      const { text } = await as(role).get(pathOf(organization, `/${id}`));
      const forms = findForms({ html: text, url: application.baseUrl });
      const own = forms.filter(({ action }) => action.includes(id));
      for (const { action } of own)
        expect(action).toMatch(/\?pageToken=[\w-]{16}(&version=[\w-]{16})?$/);
      offered[role] = own.map(({ action }) =>
        /([\w-]+)\?/.exec(action)?.[1]?.replace(id, "itself"),
      );
    }
    const all = ["itself", "archive", "deletion"];
    expect(offered).toEqual({ owner: all, admin: all, member: all.slice(0, 2), viewer: [] });
  });

  it("shows a viewer every field, the author and the dates, and nothing to press", async () => {
    const { organization, owner, as } = await assemble();
    const { headers } = await post(as("owner"), pathOf(organization), fillIn());
    const { text } = await as("viewer").get(headers["location"] ?? "");
    const main = /<main[^>]*>(.*)<\/main>/s.exec(text)?.[1] ?? "";
    const shown = Object.values(samples).map((sample) => sample.shown);
    for (const each of [...shown, owner.name, "Created", "Last changed"]) {
      expect(main).toContain(each);
    }
    expect(main).not.toMatch(/<form|<button|<summary/);
  });

  it("names no creator whose account is deleted or has no name", async () => {
    const { organization, agent } = await assembleOwner();
    const path = pathOf(organization, `/${await addProject(organization)}`);
    const former = await application.createPerson();
    await application.query("update users set name = null where id = $1", [former.id]);
    for (const creator of [null, former.id]) {
      await application.query("update projects set created_by_id = $1 where organization_id = $2", [
        creator,
        organization.id,
      ]);
      const page = await agent.get(path);
      expect(page.status).toBe(200);
      expect(page.text).not.toContain("Created by");
    }
  });
});

describe("POST /o/:slug/projects/:projectId", () => {
  /** A project with the first value of each sample, created by the form. */
  async function assembleProject() {
    const { organization, agent } = await assembleOwner();
    await post(agent, pathOf(organization), fillIn());
    const id = (await readProjects(organization))[0]?.id ?? "";
    const path = pathOf(organization, `/${id}`);
    const readBack = async () => readForm((await agent.get(path)).text, application.baseUrl);
    const readChanges = async () => (await readEvents(organization)).slice(1);
    return { organization, agent, id, path, readBack, readChanges };
  }

  it("changes nothing if nothing differs, and says so", async () => {
    const { agent, path, readBack, readChanges } = await assembleProject();
    expect(await readBack()).toEqual(fillIn());
    const answer = await post(agent, path, fillIn({ name: " Apollo " }));
    expect(answer.headers["location"]).toBe(path);
    expect((await agent.get(path)).text).toContain("Nothing was changed");
    expect(await readBack()).toEqual(fillIn());
    expect(await readChanges()).toEqual([]);
  });

  it.each(projectFieldNames)(
    "saves a change of %s alone, and records both values",
    async (name) => {
      const { agent, id, path, readBack, readChanges } = await assembleProject();
      const { other, recorded } = samples[name];
      const answer = await post(agent, path, fillIn({ [name]: other }));
      expect(answer.headers["location"]).toBe(path);
      expect((await agent.get(path)).text).toContain("Your changes were saved.");
      expect(await readBack()).toEqual(fillIn({ [name]: other }));
      const details = { name: name === "name" ? other : "Apollo", changes: { [name]: recorded } };
      expect(await readChanges()).toMatchObject([
        { action: "project.changed", targetId: id, details },
      ]);
      await post(agent, path, fillIn());
      expect(await readBack()).toEqual(fillIn());
    },
  );

  it("saves all fields at once, in one event", async () => {
    const { agent, path, readBack, readChanges } = await assembleProject();
    const others = Object.entries(samples).map(([name, { other }]) => [name, other]);
    await post(agent, path, Object.fromEntries(others));
    expect(await readBack()).toEqual(Object.fromEntries(others));
    const changes = Object.entries(samples).map(([name, { recorded }]) => [name, recorded]);
    expect(await readChanges()).toMatchObject([
      { details: { changes: Object.fromEntries(changes) } },
    ]);
  });

  it.each(projectFieldNames)(
    "shows the form again, 422, for a wrong %s, with the fault beside it and what was typed, and changes nothing",
    async (name) => {
      const { agent, path, readBack, readChanges } = await assembleProject();
      const { wrong, fault } = samples[name];
      const answer = await post(agent, path, fillIn({ [name]: wrong }));
      expect(answer.status).toBe(422);
      expect(answer.text).toMatch(/<h1[^>]*>Apollo</);
      const [, beside = ""] = answer.text.split(`id="field-${name}-error"`);
      expect(beside.slice(0, 1_000)).toContain(fault);
      const kept = readForm(answer.text, application.baseUrl);
      // A browser drops an invalid date.
      expect({ ...kept, [name]: "" }).toEqual(fillIn({ [name]: "" }));
      expect(await readBack()).toEqual(fillIn());
      expect(await readChanges()).toEqual([]);
    },
  );

  /** The address that the form of the page posts to now. */
  const readAction = (html: string, path: string) => {
    const actions = findForms({ html, url: application.baseUrl }).map(
      ({ action }) => new URL(action),
    );
    const own = actions.find(({ pathname }) => pathname === path);
    return `${path}${own?.search ?? ""}`;
  };

  it("AP11 is 409 if another person has changed it since: the form keeps the typed values, and can be saved again", async () => {
    const { agent, path, readBack, readChanges } = await assembleProject();
    const opened = readAction((await agent.get(path)).text, path);
    await post(agent, path, fillIn({ name: samples.name.other }));
    const answer = await post(agent, opened, fillIn({ name: "Hera" }));
    expect(answer.status).toBe(409);
    expect(answer.text).toContain("This project has changed since you opened it");
    expect(readForm(answer.text, application.baseUrl)).toEqual(fillIn({ name: "Hera" }));
    expect(await readBack()).toEqual(fillIn({ name: samples.name.other }));
    expect(await readChanges()).toHaveLength(1);
    const again = await post(agent, readAction(answer.text, path), fillIn({ name: "Hera" }));
    expect(again.status).toBe(303);
    expect(await readBack()).toEqual(fillIn({ name: "Hera" }));
  });

  it("AP11 is also 409 after an invalid form in between, and 303 if both changes are equal", async () => {
    const { agent, path, readBack } = await assembleProject();
    const opened = readAction((await agent.get(path)).text, path);
    const wrong = await post(agent, opened, fillIn({ name: " " }));
    expect(wrong.status).toBe(422);
    await post(agent, path, fillIn({ name: samples.name.other }));
    const outdated = readAction(wrong.text, path);
    expect(outdated).toBe(opened);
    expect((await post(agent, outdated, fillIn({ name: "Hera" }))).status).toBe(409);
    const same = await post(agent, outdated, fillIn({ name: samples.name.other }));
    expect(same.status).toBe(303);
    expect((await agent.get(path)).text).toContain("Nothing was changed");
    expect(await readBack()).toEqual(fillIn({ name: samples.name.other }));
  });

  it("AP11 saves one of ten different changes that the same page sends at once", async () => {
    const { agent, path, readChanges } = await assembleProject();
    const opened = readAction((await agent.get(path)).text, path);
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, index) =>
        post(agent, opened, fillIn({ name: `Hera ${index}` })),
      ),
    );
    const statuses = answers.map(({ status }) => status).toSorted((one, other) => one - other);
    expect(statuses).toEqual([303, ...Array.from({ length: 9 }, () => 409)]);
    expect(await readChanges()).toHaveLength(1);
  });

  it.each([
    [fillIn({ isArchived: "true" }), "The form contains an unknown field: isArchived."],
    [{ name: "Zeus" }, samples.status.fault],
  ])("refuses %j, 422, and changes nothing", async (fields, fault) => {
    const { agent, path, readBack, readChanges } = await assembleProject();
    const answer = await post(agent, path, fields);
    expect(answer.status).toBe(422);
    expect(answer.text).toContain(fault);
    expect(await readBack()).toEqual(fillIn());
    expect(await readChanges()).toEqual([]);
  });
});

describe("POST /o/:slug/projects/:projectId/archive", () => {
  it("hides it from the list until it is restored; a second request changes nothing", async () => {
    const { organization, agent } = await assembleOwner();
    const id = await addProject(organization);
    const path = pathOf(organization, `/${id}`);
    const list = async () => listNames((await agent.get(pathOf(organization))).text);
    for (const act of ["/archive", "/archive", "/archive"]) await post(agent, path + act);
    expect(await list()).toEqual([]);
    expect((await agent.get(path)).text).toContain("Restore project");
    for (const act of ["/restoration", "/restoration"]) await post(agent, path + act);
    expect(await list()).toEqual(["Apollo"]);
    expect((await agent.get(path)).text).toContain("Archive project");
    const details = { name: "Apollo" };
    expect(await readEvents(organization)).toMatchObject([
      { action: "project.archived", targetId: id, details },
      { action: "project.restored", targetId: id, details },
    ]);
  });

  it("happens once if it is sent ten times at once", async () => {
    const { organization, agent } = await assembleOwner();
    const path = pathOf(organization, `/${await addProject(organization)}/archive`);
    const answers = await Promise.all(Array.from({ length: 10 }, () => post(agent, path)));
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 10 }, () => 303));
    expect(await readEvents(organization)).toHaveLength(1);
  });
});

describe("POST /o/:slug/projects/:projectId/deletion", () => {
  it("deletes it permanently, and keeps the others", async () => {
    const { organization, agent } = await assembleOwner();
    const kept = await addProject(organization, { name: "Kept" });
    const id = await addProject(organization);
    const answer = await post(agent, pathOf(organization, `/${id}/deletion`));
    expect(answer.headers["location"]).toBe(pathOf(organization));
    const list = await agent.get(answer.headers["location"] ?? "");
    expect(list.text).toContain("The project was deleted.");
    expect(await readProjects(organization)).toMatchObject([{ id: kept }]);
    expect((await agent.get(pathOf(organization, `/${id}`))).status).toBe(404);
    expect(await readEvents(organization)).toMatchObject([
      { action: "project.deleted", targetId: id, details: { name: "Apollo" } },
    ]);
  });

  it("happens once if it is sent ten times at once, and is 404 afterwards", async () => {
    const { organization, agent } = await assembleOwner();
    const path = pathOf(organization, `/${await addProject(organization)}/deletion`);
    const answers = await Promise.all(Array.from({ length: 10 }, () => post(agent, path)));
    const statuses = answers.map(({ status }) => status);
    expect(statuses.filter((status) => status === 303)).toHaveLength(1);
    expect(statuses.filter((status) => status === 404)).toHaveLength(9);
    expect(await readEvents(organization)).toHaveLength(1);
  });
});
