import { describe, expect, it } from "vitest";

import { roles } from "../../src/access/roles.ts";
import { writeCursor } from "../../src/http/cursor-field.ts";
import type { Position } from "../../src/projects/schema.ts";
import { type Agent, useApplication } from "../support/application.ts";
import { createWorld, fillIn, pathOf, post } from "./world.ts";

const application = useApplication();
const { assemble, assembleOwner, addProject } = createWorld(application);

/** The names of a list, in its order. */
const listNames = (html: string) =>
  [...html.matchAll(/href="\/o\/[^/"]+\/projects\/[^"]+">([^<]+)</g)].map(([, name]) => name);

/** The card on the home of the organization. */
const cardOf = (html: string) => /<section id="projects"[\s\S]*?<\/section>/.exec(html)?.[0] ?? "";

const nextPage = (html: string) =>
  /href="([^"]+)"[^>]*>Next page/.exec(html)?.[1]?.replaceAll("&amp;", "&");

/** The end of a page, as the address of the next page has it. */
const cursorAt = (position: Position) => writeCursor(position);

/** The names on each page, from an address on. */
async function readPages(agent: Agent, path: string, afterEach?: (last: string) => Promise<void>) {
  const pages: (string | undefined)[][] = [];
  for (let next: string | undefined = path; next !== undefined;) {
    const { text } = await agent.get(next);
    pages.push(listNames(text));
    next = nextPage(text);
    await afterEach?.(pages.at(-1)?.at(-1) ?? "");
  }
  return pages;
}

describe("GET /o/:slug/projects", () => {
  it("lists the current projects, newest first, and the archived ones on request", async () => {
    const { organization, agent } = await assembleOwner();
    await addProject(organization, { name: "First" });
    await addProject(organization, { name: "Shelved", isArchived: true });
    await addProject(organization, { name: "Second" });
    const active = await agent.get(pathOf(organization));
    expect(active.status).toBe(200);
    expect(listNames(active.text)).toEqual(["Second", "First"]);
    const archived = await agent.get(pathOf(organization, "?archived=yes"));
    expect(listNames(archived.text)).toEqual(["Shelved"]);
  });

  it("says so if there are none", async () => {
    const { organization, agent } = await assembleOwner();
    expect((await agent.get(pathOf(organization))).text).toContain("No projects yet");
    const archived = await agent.get(pathOf(organization, "?archived=yes"));
    expect(archived.text).toContain("Nothing is archived");
  });

  it("is for every member; the form is for members who may create a project", async () => {
    const { organization, as } = await assemble();
    for (const role of roles) {
      const answer = await as(role).get(pathOf(organization));
      expect(answer.status, role).toBe(200);
      expect(answer.text).toMatch(/aria-current="page">Projects</);
      expect(answer.text.includes("Create project"), role).toBe(role !== "viewer");
    }
  });

  it.each(["", "?archived=yes", "?sort=newest&status=planned"])(
    "keeps its order over the pages, and loses no project while others are added and deleted: %s",
    async (query) => {
      const { organization, agent } = await assembleOwner();
      const isArchived = query.includes("archived");
      const names = Array.from({ length: 45 }, (_none, index) => `No. ${index + 1}`);
      for (const name of names) await addProject(organization, { name, isArchived });
      const pages = await readPages(agent, pathOf(organization, query), async (last) => {
        // One is added, and the last one of the page, from which the next page counts, is deleted.
        await addProject(organization, { name: "Late", isArchived });
        await application.query("delete from projects where organization_id = $1 and name = $2", [
          organization.id,
          last,
        ]);
      });
      expect(pages.map(({ length }) => length)).toEqual([20, 20, 5]);
      expect(pages.flat()).toEqual(names.toReversed());
    },
  );

  it("sorts by name in any case, and equal names by age, over all pages", async () => {
    const { organization, agent } = await assembleOwner();
    const names = [
      "beta",
      "Alpha",
      "álef",
      ...Array.from({ length: 43 }, () => "Twin"),
      "twin",
      "zeta",
    ];
    const ids = new Map<string, string>();
    for (const name of names) ids.set(await addProject(organization, { name }), name);
    const seen: string[] = [];
    for (let next: string | undefined = pathOf(organization, "?sort=name"); next !== undefined;) {
      const { text } = await agent.get(next);
      seen.push(...[...text.matchAll(/projects\/([\w-]{36})">/g)].map(([, id = ""]) => id));
      next = nextPage(text);
    }
    const key = (id: string) => `${ids.get(id)?.toLowerCase()} ${id}`;
    expect(seen).toEqual(
      [...ids.keys()].toSorted((one, other) => (key(one) < key(other) ? -1 : 1)),
    );
  });

  it("sorts by due date, the soonest first and projects without one last, over all pages", async () => {
    const { organization, agent } = await assembleOwner();
    const days = [null, "2030-01-31", "1999-12-31", "2030-01-31", "9999-12-31"];
    const all = Array.from({ length: 45 }, (_none, index) => ({
      name: `No. ${String(index).padStart(2, "0")}`,
      day: days[index % days.length] ?? null,
    }));
    for (const { name, day } of all) {
      await addProject(organization, { name, dueDate: day === null ? null : new Date(day) });
    }
    const pages = await readPages(agent, pathOf(organization, "?sort=due-date"));
    expect(pages.map(({ length }) => length)).toEqual([20, 20, 5]);
    const key = ({ name, day }: (typeof all)[number]) => `${day ?? "none"} ${name}`;
    expect(pages.flat()).toEqual(
      all.toSorted((one, other) => (key(one) < key(other) ? -1 : 1)).map(({ name }) => name),
    );
  });

  it("shows the projects of one status, selects it in the form, and keeps it on the next page", async () => {
    const { organization, agent } = await assembleOwner();
    for (let count = 0; count < 21; count += 1) {
      await addProject(organization, { name: `Active ${count}`, status: "active" });
      await addProject(organization, { name: `Done ${count}`, status: "done" });
    }
    const path = pathOf(organization, "?status=active&sort=name");
    const { text } = await agent.get(path);
    expect(text).toMatch(/<option [^>]*value="active" selected/);
    expect(text).toMatch(/<option [^>]*value="name" selected/);
    const names = (await readPages(agent, path)).flat();
    expect(names).toHaveLength(21);
    expect(names.filter((name) => !name?.startsWith("Active"))).toEqual([]);
    // The form sends an empty text for a field without a choice.
    const all = await readPages(agent, pathOf(organization, "?status=&sort=newest"));
    expect(all.flat()).toHaveLength(42);
    const none = await agent.get(pathOf(organization, "?status=paused"));
    expect(none.text).toContain("No projects match");
  });

  it("shows the day that a form has sent, in every time zone", async () => {
    const { organization, agent } = await assembleOwner();
    await post(agent, pathOf(organization), fillIn({ dueDate: "2030-01-31" }));
    const [row] = await application.query<{ day: string }>(
      "select due_date::text as day from projects where organization_id = $1",
      [organization.id],
    );
    expect(row).toEqual({ day: "2030-01-31" });
    for (const zone of ["UTC", "Pacific/Honolulu", "Pacific/Kiritimati"]) {
      await application.query("update users set time_zone = $1", [zone]);
      expect((await agent.get(pathOf(organization))).text, zone).toContain("January 31, 2030");
    }
  });

  it("has no next page after one that is exactly full", async () => {
    const { organization, agent } = await assembleOwner();
    for (let count = 0; count < 20; count += 1) await addProject(organization);
    const answer = await agent.get(pathOf(organization));
    expect(listNames(answer.text)).toHaveLength(20);
    expect(nextPage(answer.text)).toBeUndefined();
  });

  it("TI05 lists projects of its own organization only, also after a cursor of another one", async () => {
    const { organization, elsewhere, as } = await assemble();
    await addProject(organization, { name: "Ours" });
    await addProject(elsewhere, { name: "Theirs" });
    const id = await addProject(elsewhere, { name: "Theirs, too" });
    const cursor = cursorAt({ id, name: "A", dueDate: null });
    const sorted = ["newest", "name"].map((sort) => `?sort=${sort}&after=${cursor}`);
    for (const query of ["", "?archived=yes", ...sorted]) {
      const { status, text } = await as("viewer").get(pathOf(organization, query));
      expect(status).toBe(200);
      expect(text).not.toContain("Theirs");
      expect(text).not.toContain(elsewhere.id);
    }
    const after = await as("viewer").get(pathOf(organization, `?after=${cursor}`));
    expect(listNames(after.text)).toEqual(["Ours"]);
  });

  it.each([
    "after=1",
    "after=",
    "after=a'--",
    `after=${cursorAt({ id: "1", name: "A", dueDate: null })}`,
    `after=${cursorAt({ id: "0191d2c0-0000-7000-8000-000000000000", name: "\0", dueDate: null })}`,
    `after=${cursorAt({ id: "0191d2c0-0000-7000-8000-000000000000", name: "A", dueDate: "0000-01-01" })}`,
    "archived=no",
    "archived=yes&archived=yes",
    "sort=id",
    "status=unheard-of",
  ])("AP06 is 400 for %s", async (query) => {
    const { organization, agent } = await assembleOwner();
    expect((await agent.get(pathOf(organization, `?${query}`))).status).toBe(400);
  });
});

describe("GET /o/:slug", () => {
  it("shows the five newest projects that are not archived, and offers a new one to those who may create it", async () => {
    const { organization, elsewhere, as } = await assemble();
    const open = async (role: "member" | "viewer") => {
      const home = await as(role).get(`/o/${organization.slug}`);
      expect(home.status).toBe(200);
      return home.text;
    };
    expect(await open("viewer")).toContain("No projects yet.");
    for (const name of ["One", "Two", "Three", "Four", "Five", "Six"]) {
      await addProject(organization, { name });
    }
    await addProject(organization, { name: "Gone", isArchived: true });
    await addProject(elsewhere, { name: "Theirs" });
    const html = await open("viewer");
    expect(listNames(cardOf(html))).toEqual(["Six", "Five", "Four", "Three", "Two"]);
    const link = `href="${pathOf(organization, "#create")}"`;
    expect(html).not.toContain(link);
    expect(await open("member")).toContain(link);
  });

  it("counts the first project as a first step", async () => {
    const { organization, agent } = await assembleOwner();
    const step = async () => {
      const home = await agent.get(`/o/${organization.slug}`);
      return /Create the first project(.*?)<\/li>/.exec(home.text)?.[1];
    };
    expect(await step()).not.toContain("(done)");
    await addProject(organization);
    expect(await step()).toContain("(done)");
  });
});
