import { v7 as createId } from "uuid";
import { describe, expect, it } from "vitest";

import { hasPermission, type Permission, roles } from "../../src/memberships/roles.ts";
import { type Agent, type Organization, useApplication } from "../support/application.ts";
import { findForms } from "../support/page-forms.ts";

const application = useApplication();

/** An organization with somebody of each role, and an outsider who owns another one. */
async function assemble() {
  const owner = await application.createPerson("Olivia Owner");
  const organization = await application.createOrganization(owner, "Acme");
  const agents = { owner: await application.signInAs(owner) } as Record<string, Agent>;
  for (const role of roles.filter((each) => each !== "owner")) {
    const person = await application.createPerson();
    await application.addMember(organization, person, role);
    agents[role] = await application.signInAs(person);
  }
  const outsider = await application.createPerson();
  const elsewhere = await application.createOrganization(outsider, "Elsewhere");
  agents["outsider"] = await application.signInAs(outsider);
  agents["visitor"] = application.visitor();
  return { organization, elsewhere, owner, outsider, as: (who: string) => agents[who] as Agent };
}

/** An organization of one person, who is signed in. */
async function assembleOwner() {
  const owner = await application.createPerson();
  const organization = await application.createOrganization(owner);
  return { owner, organization, agent: await application.signInAs(owner) };
}

const pathOf = ({ slug }: Organization, rest = "") => `/o/${slug}/projects${rest}`;

/** @returns its id */
async function addProject(
  { id: organizationId }: Organization,
  name = "Apollo",
  isArchived = false,
) {
  // Not left to the database's clock: these rise even within one millisecond.
  const id = createId();
  await application.database.forOrganization(organizationId, (tx) =>
    tx.project.create({ data: { organizationId, id, name, isArchived } }),
  );
  return id;
}

type Row = { id: string; name: string; is_archived: boolean };

const readProjects = ({ id }: Organization) =>
  application.query<Row>(
    "select id, name, is_archived from projects where organization_id = $1 order by id",
    [id],
  );

const readEvents = ({ id }: Organization) =>
  application.query(
    `select action, target_id, details from audit_events
      where organization_id = $1 and action like 'project.%' order by id`,
    [id],
  );

const post = (agent: Agent, path: string, fields: string | object = {}) =>
  agent.post(path).type("form").send(fields);

/** An answer without what differs between any two. */
function compare({ status, headers, text }: Awaited<ReturnType<typeof post>>) {
  const { "x-request-id": requestId = "-", date: _date, ...rest } = headers;
  return { status, headers: rest, text: text.replaceAll(requestId, "") };
}

/** The names of a list, in its order. */
const listNames = (html: string) =>
  [...html.matchAll(/href="\/o\/[^/"]+\/projects\/[^"]+">([^<]+)</g)].map(([, name]) => name);

const nextPage = (html: string) =>
  /href="([^"]+)"[^>]*>Older ones/.exec(html)?.[1]?.replaceAll("&amp;", "&");

describe("GET /o/:slug/projects", () => {
  it("lists what is not archived, newest first, and the rest on request", async () => {
    const { organization, agent } = await assembleOwner();
    await addProject(organization, "First");
    await addProject(organization, "Shelved", true);
    await addProject(organization, "Second");
    const active = await agent.get(pathOf(organization));
    expect(active.status).toBe(200);
    expect(listNames(active.text)).toEqual(["Second", "First"]);
    const archived = await agent.get(pathOf(organization, "?archived=yes"));
    expect(listNames(archived.text)).toEqual(["Shelved"]);
  });

  it("says so where there are none", async () => {
    const { organization, agent } = await assembleOwner();
    expect((await agent.get(pathOf(organization))).text).toContain("No projects yet");
    const archived = await agent.get(pathOf(organization, "?archived=yes"));
    expect(archived.text).toContain("Nothing is archived");
  });

  it("is for everybody in the organization; the form is for those who may create", async () => {
    const { organization, as } = await assemble();
    for (const role of roles) {
      const answer = await as(role).get(pathOf(organization));
      expect(answer.status, role).toBe(200);
      expect(answer.text).toMatch(/aria-current="page">Projects</);
      expect(answer.text.includes("Create project"), role).toBe(role !== "viewer");
    }
    expect((await as("outsider").get(pathOf(organization))).status).toBe(404);
    expect((await as("visitor").get(pathOf(organization))).status).toBe(303);
  });

  it.each(["", "?archived=yes"])(
    "has pages that keep their order, and lose none while others come and go: %s",
    async (query) => {
      const { organization, agent } = await assembleOwner();
      const isArchived = query !== "";
      const names = Array.from({ length: 45 }, (_none, index) => `No. ${index + 1}`);
      for (const name of names) await addProject(organization, name, isArchived);
      const seen: (string | undefined)[] = [];
      const sizes: number[] = [];
      for (let path: string | undefined = pathOf(organization, query); path !== undefined;) {
        const answer = await agent.get(path);
        const listed = listNames(answer.text);
        sizes.push(listed.length);
        seen.push(...listed);
        path = nextPage(answer.text);
        // A newcomer, and one already seen goes: the one that the next page is counted from.
        await addProject(organization, "Late", isArchived);
        await application.query("delete from projects where organization_id = $1 and name = $2", [
          organization.id,
          listed.at(-1),
        ]);
      }
      expect(sizes).toEqual([20, 20, 5]);
      expect(seen).toEqual(names.toReversed());
    },
  );

  it("has no next page where just one page is full", async () => {
    const { organization, agent } = await assembleOwner();
    for (let count = 0; count < 20; count += 1) await addProject(organization);
    const answer = await agent.get(pathOf(organization));
    expect(listNames(answer.text)).toHaveLength(20);
    expect(nextPage(answer.text)).toBeUndefined();
  });

  it("TI05 lists only one's own, also after what is another organization's", async () => {
    const { organization, elsewhere, as } = await assemble();
    await addProject(organization, "Ours");
    await addProject(elsewhere, "Theirs");
    const cursor = await addProject(elsewhere, "Theirs, too");
    for (const query of ["", "?archived=yes", `?after=${cursor}`]) {
      const { status, text } = await as("viewer").get(pathOf(organization, query));
      expect(status).toBe(200);
      expect(text).not.toContain("Theirs");
      expect(text).not.toContain(elsewhere.id);
    }
    const after = await as("viewer").get(pathOf(organization, `?after=${cursor}`));
    expect(listNames(after.text)).toEqual(["Ours"]);
  });

  it.each(["after=1", "after=", "after=a'--", "archived=no", "archived=yes&archived=yes"])(
    "AP06 is 400 for %s",
    async (query) => {
      const { organization, agent } = await assembleOwner();
      expect((await agent.get(pathOf(organization, `?${query}`))).status).toBe(400);
    },
  );

  it("shows nothing for a notice that it does not know", async () => {
    const { organization, agent } = await assembleOwner();
    for (const notice of ["constructor", "__proto__", "<script>", "deleted&notice=deleted"]) {
      const answer = await agent.get(pathOf(organization, `?notice=${notice}`));
      expect(answer.status).toBe(200);
      expect(answer.text).not.toContain('role="status"');
    }
  });
});

describe("POST /o/:slug/projects", () => {
  it("creates a project, opens it, says so, and records who did it", async () => {
    const { organization, owner, agent } = await assembleOwner();
    const { text } = await agent.get(pathOf(organization));
    const forms = findForms({ html: text, url: application.baseUrl });
    const form = forms.find(({ action }) => action.includes("/projects?seenAs="));
    const { pathname, search } = new URL(form?.action ?? "");
    const answer = await post(agent, pathname + search, { name: "  Apollo " });
    expect(answer.status).toBe(303);
    const [project] = await readProjects(organization);
    expect(project).toMatchObject({ name: "Apollo", is_archived: false });
    const page = await agent.get(answer.headers["location"] ?? "");
    expect(page.text).toContain("The project was created.");
    expect(page.text).toContain(`by ${owner.name}`);
    expect(await readEvents(organization)).toEqual([
      { action: "project.created", target_id: project?.id, details: { name: "Apollo" } },
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

  it("RB01 is for members and above; nothing is made for others", async () => {
    const { organization, as } = await assemble();
    const statuses: Record<string, number> = {};
    for (const who of [...roles, "outsider", "visitor"]) {
      statuses[who] = (await post(as(who), pathOf(organization), { name: who })).status;
    }
    expect(statuses).toEqual({
      owner: 303,
      admin: 303,
      member: 303,
      viewer: 403,
      outsider: 404,
      visitor: 401,
    });
    const names = (await readProjects(organization)).map(({ name }) => name);
    expect(names).toEqual(["owner", "admin", "member"]);
    expect(await readEvents(organization)).toHaveLength(3);
  });

  it.each([
    ["no name", ""],
    ["a name of spaces", "name=+++"],
    ["a name that is too long", `name=${"x".repeat(81)}`],
    ["two names", "name=a&name=b"],
    ["a name of two lines", "name=a%0Ab"],
    ["AP04 a name that turns the reading direction", "name=abc%E2%80%AEdef"],
    ["TI04 an id, too", "name=a&id=0191d2c0-0000-7000-8000-000000000000"],
    ["TI04 an organization, too", "name=a&organizationId=0191d2c0-0000-7000-8000-000000000000"],
    ["TI04 a creator, too", "name=a&createdById=0191d2c0-0000-7000-8000-000000000000"],
    ["AP07 a prototype, too", "name=a&__proto__=x"],
  ])("shows the form again, 422, for %s, and makes nothing", async (_what, fields) => {
    const { organization, agent } = await assembleOwner();
    const answer = await post(agent, pathOf(organization), fields);
    expect(answer.status).toBe(422);
    expect(answer.text).toContain("Create project");
    expect(answer.text).toMatch(/aria-invalid="true"|role="alert"/);
    expect(await readProjects(organization)).toEqual([]);
    expect(await readEvents(organization)).toEqual([]);
  });

  it("CS13 shows a name as text, wherever it stands", async () => {
    const { organization, agent } = await assembleOwner();
    const name = `"><script>alert('x')</script>`;
    const { headers } = await post(agent, pathOf(organization), { name });
    const typed = await post(agent, pathOf(organization), { name: name.repeat(9) });
    for (const { text } of [
      await agent.get(pathOf(organization)),
      await agent.get(headers["location"] ?? ""),
      typed,
    ]) {
      expect(text).toContain("&lt;script>alert('x')&lt;/script>");
      expect(text).not.toContain("<script");
    }
  });

  it("makes two where it is sent twice: a name may be given to several", async () => {
    const { organization, agent } = await assembleOwner();
    const answers = await Promise.all(
      [1, 2].map(() => post(agent, pathOf(organization), { name: "Twin" })),
    );
    expect(answers.map(({ status }) => status)).toEqual([303, 303]);
    expect(await readProjects(organization)).toHaveLength(2);
    expect(await readEvents(organization)).toHaveLength(2);
  });
});

type Act = { method: "get" | "post"; rest: string; permission: Permission };

/** What can be asked of one, and of whom. */
const acts: readonly Act[] = [
  { method: "get", rest: "", permission: "project:read" },
  { method: "post", rest: "/name", permission: "project:update" },
  { method: "post", rest: "/archive", permission: "project:archive" },
  { method: "post", rest: "/restoration", permission: "project:archive" },
  { method: "post", rest: "/deletion", permission: "project:delete" },
];

const perform = (agent: Agent, { method, rest }: Act, path: string) =>
  method === "get" ? agent.get(path + rest) : post(agent, path + rest, { name: "Zeus" });

/** One that the act would change: what is to be restored is archived. */
const addProjectFor = ({ rest }: Act, organization: Organization) =>
  addProject(organization, "Apollo", rest === "/restoration");

describe.each(acts)("$method /o/:slug/projects/:projectId$rest", (act) => {
  it(`RB01 is for those who have ${act.permission}, and does nothing for others`, async () => {
    const { organization, as } = await assemble();
    const isChange = act.method === "post";
    const done = { status: isChange ? 303 : 200, isChanged: isChange, events: isChange ? 1 : 0 };
    const refused = (status: number) => ({ status, isChanged: false, events: 0 });
    const outcomes = Object.fromEntries(
      roles.map((role) => [role, hasPermission(role, act.permission) ? done : refused(403)]),
    );
    const expected = {
      ...outcomes,
      outsider: refused(404),
      visitor: refused(isChange ? 401 : 303),
    };
    const seen: Record<string, object> = {};
    for (const who of Object.keys(expected)) {
      const id = await addProjectFor(act, organization);
      const before = await readProjects(organization);
      const eventsBefore = await readEvents(organization);
      const { status } = await perform(as(who), act, pathOf(organization, `/${id}`));
      const isChanged = JSON.stringify(await readProjects(organization)) !== JSON.stringify(before);
      const events = (await readEvents(organization)).length - eventsBefore.length;
      seen[who] = { status, isChanged, events };
    }
    expect(seen).toEqual(expected);
  });

  it("TI02 TI03 TI06 TI08 is the same 404 for what another organization has as for what nobody has", async () => {
    const { organization, elsewhere, owner, as } = await assemble();
    // The owner belongs to both: what they may reach there is not to be reached by way of here.
    await application.addMember(elsewhere, owner, "admin");
    const theirs = await addProjectFor(act, elsewhere);
    const before = await readProjects(elsewhere);
    const missing = "0191d2c0-0000-7000-8000-000000000000";
    const seen = [];
    for (const id of [theirs, missing, theirs.toUpperCase(), "1", "null", `${theirs}%00`]) {
      const answer = await perform(as("owner"), act, pathOf(organization, `/${id}`));
      seen.push(compare(answer));
    }
    expect(seen[0]?.status).toBe(404);
    for (const answer of seen) expect(answer).toEqual(seen[0]);
    expect(await readProjects(elsewhere)).toEqual(before);
    expect(await readEvents(elsewhere)).toEqual([]);
    expect(await readEvents(organization)).toEqual([]);
  });

  it("TI07 is reached by no other spelling of its address", async () => {
    const { organization, agent } = await assembleOwner();
    const id = await addProjectFor(act, organization);
    const before = await readProjects(organization);
    const path = pathOf(organization, `/${id}`);
    const folder = `/${organization.slug}/`;
    for (const spelled of [
      path.replace("/o/", "/O/"),
      path.replace(/[^/]+(?=\/[^/]+$)/, (name) => name.toUpperCase()),
      path.replace(folder, `${folder}/`),
      path.replace(folder, `${folder}%2e/`),
      path.replace(folder, `/${organization.slug}%2f`),
      `/${path}`,
    ]) {
      expect((await perform(agent, act, spelled)).status, spelled).toBe(404);
    }
    const trailing = { ...act, rest: `${act.rest}/` };
    expect((await perform(agent, trailing, path)).status).toBe(404);
    expect(await readProjects(organization)).toEqual(before);
  });
});

describe("GET /o/:slug/projects/:projectId", () => {
  it("offers to each role just what it may do, by forms that say for whom they were made", async () => {
    const { organization, as } = await assemble();
    const id = await addProject(organization);
    const offered: Record<string, (string | undefined)[]> = {};
    for (const role of roles) {
      const { text } = await as(role).get(pathOf(organization, `/${id}`));
      const forms = findForms({ html: text, url: application.baseUrl });
      const own = forms.filter(({ action }) => action.includes(id));
      for (const { action } of own) expect(action).toMatch(/\?seenAs=[\w-]{16}$/);
      offered[role] = own.map(({ action }) => /\/([a-z]+)\?/.exec(action)?.[1]);
    }
    const all = ["name", "archive", "deletion"];
    expect(offered).toEqual({ owner: all, admin: all, member: all.slice(0, 2), viewer: [] });
  });

  it("does without a creator who is gone", async () => {
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
      expect(page.text).not.toContain(" by ");
    }
  });
});

describe("POST /o/:slug/projects/:projectId/name", () => {
  it("renames it, and records from what to what; the name it has already changes nothing", async () => {
    const { organization, agent } = await assembleOwner();
    const id = await addProject(organization, "Apollo");
    for (const name of ["Zeus", " Zeus "]) {
      const answer = await post(agent, pathOf(organization, `/${id}/name`), { name });
      expect(answer.headers["location"]).toBe(pathOf(organization, `/${id}?notice=renamed`));
    }
    const page = await agent.get(pathOf(organization, `/${id}?notice=renamed`));
    expect(page.text).toContain("The project was renamed.");
    expect(await readProjects(organization)).toMatchObject([{ id, name: "Zeus" }]);
    expect(await readEvents(organization)).toEqual([
      { action: "project.renamed", target_id: id, details: { from: "Apollo", to: "Zeus" } },
    ]);
  });

  it.each(["name=+", `name=${"x".repeat(81)}`, "name=a&isArchived=true"])(
    "shows the page again, 422, for %s, with what was typed, and changes nothing",
    async (fields) => {
      const { organization, agent } = await assembleOwner();
      const id = await addProject(organization, "Apollo");
      const answer = await post(agent, pathOf(organization, `/${id}/name`), fields);
      expect(answer.status).toBe(422);
      expect(answer.text).toMatch(/<h1[^>]*>Apollo</);
      expect(answer.text).toContain(`value="${new URLSearchParams(fields).get("name")}"`);
      expect(answer.text).toMatch(/aria-invalid="true"|role="alert"/);
      expect(await readProjects(organization)).toMatchObject([{ name: "Apollo" }]);
    },
  );
});

describe("POST /o/:slug/projects/:projectId/archive", () => {
  it("takes it off the list until it is restored; saying so twice changes nothing", async () => {
    const { organization, agent } = await assembleOwner();
    const id = await addProject(organization, "Apollo");
    const path = pathOf(organization, `/${id}`);
    const list = async () => listNames((await agent.get(pathOf(organization))).text);
    for (const act of ["/archive", "/archive", "/archive"]) await post(agent, path + act);
    expect(await list()).toEqual([]);
    expect((await agent.get(path)).text).toContain("Restore project");
    for (const act of ["/restoration", "/restoration"]) await post(agent, path + act);
    expect(await list()).toEqual(["Apollo"]);
    expect((await agent.get(path)).text).toContain("Archive project");
    const details = { name: "Apollo" };
    expect(await readEvents(organization)).toEqual([
      { action: "project.archived", target_id: id, details },
      { action: "project.restored", target_id: id, details },
    ]);
  });

  it("happens once where it is sent ten times at the same moment", async () => {
    const { organization, agent } = await assembleOwner();
    const path = pathOf(organization, `/${await addProject(organization)}/archive`);
    const answers = await Promise.all(Array.from({ length: 10 }, () => post(agent, path)));
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 10 }, () => 303));
    expect(await readEvents(organization)).toHaveLength(1);
  });
});

describe("POST /o/:slug/projects/:projectId/deletion", () => {
  it("deletes it for good, and leaves the others", async () => {
    const { organization, agent } = await assembleOwner();
    const kept = await addProject(organization, "Kept");
    const id = await addProject(organization, "Apollo");
    const answer = await post(agent, pathOf(organization, `/${id}/deletion`));
    expect(answer.headers["location"]).toBe(pathOf(organization, "?notice=deleted"));
    const list = await agent.get(answer.headers["location"] ?? "");
    expect(list.text).toContain("The project was deleted.");
    expect(await readProjects(organization)).toMatchObject([{ id: kept }]);
    expect((await agent.get(pathOf(organization, `/${id}`))).status).toBe(404);
    expect(await readEvents(organization)).toEqual([
      { action: "project.deleted", target_id: id, details: { name: "Apollo" } },
    ]);
  });

  it("happens once where it is sent ten times at the same moment, and is 404 afterwards", async () => {
    const { organization, agent } = await assembleOwner();
    const path = pathOf(organization, `/${await addProject(organization)}/deletion`);
    const answers = await Promise.all(Array.from({ length: 10 }, () => post(agent, path)));
    const statuses = answers.map(({ status }) => status);
    expect(statuses.filter((status) => status === 303)).toHaveLength(1);
    expect(statuses.filter((status) => status === 404)).toHaveLength(9);
    expect(await readEvents(organization)).toHaveLength(1);
  });
});
