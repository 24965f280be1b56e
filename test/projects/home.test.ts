import { describe, expect, it } from "vitest";

import { useApplication } from "../support/application.ts";
import { createWorld, pathOf } from "./world.ts";

const application = useApplication();
const { assemble, assembleOwner, addProject } = createWorld(application);

/** The names in the card of projects, in its order. */
function listNames(html: string): (string | undefined)[] {
  const card = /<section id="projects"[\s\S]*?<\/section>/.exec(html)?.[0] ?? "";
  return [...card.matchAll(/href="\/o\/[^/"]+\/projects\/[^"]+">([^<]+)</g)].map(
    ([, name]) => name,
  );
}

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
    expect(listNames(html)).toEqual(["Six", "Five", "Four", "Three", "Two"]);
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
