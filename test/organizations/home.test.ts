import { describe, expect, it } from "vitest";

import { type Agent, useApplication } from "../support/application.ts";
import { assemble } from "./world.ts";

/** As a feature adds them. */
const sample = {
  homeCards: [
    {
      permission: "organization:update",
      place: "main",
      select: "(select to_json(name) from organizations where id = current_organization_id())",
      show: (_actor: unknown, content: unknown) => `Card of ${String(content)}`,
    },
  ],
  firstSteps: [
    {
      label: "Leave the first behind",
      path: "/settings",
      permission: "organization:update",
      isDone:
        "exists (select from organization_slugs where organization_id = current_organization_id() offset 1)",
    },
  ],
} as const;

const application = useApplication({ dependencies: { moreFeatures: [sample] } });

/** The text of a page without its header. */
async function read(agent: Agent, path: string): Promise<string> {
  const page = await agent.get(path);
  expect(page.status).toBe(200);
  const main = /<main[\s\S]*<\/main>/.exec(page.text)?.[0] ?? "";
  return main.replaceAll(/<[^>]+>/g, " ").replaceAll(/\s+/g, " ");
}

async function setUp() {
  const world = await assemble(application);
  return { ...world, path: `/o/${world.organization.slug}` };
}

describe("GET /o/:slug", () => {
  it("shows the people: their number, and the names of those who joined first and are not suspended", async () => {
    const { organization, path, viewer, admin, owner, member } = await setUp();
    await application.query("update memberships set suspended_at = now() where user_id = $1", [
      member.person.id,
    ]);
    for (const name of ["Fifth", "Sixth", "Seventh", "Eighth"]) {
      const person = await application.createPerson(name);
      await application.addMember(organization, person, "viewer");
    }
    const text = await read(viewer.agent, path);
    expect(text).toContain("8 members");
    for (const { name } of [owner.person, admin.person, viewer.person])
      expect(text).toContain(name);
    expect(text).toMatch(/Fifth ?, Sixth ?, Seventh and others/);
    expect(text).not.toContain("Eighth");
    expect(text).not.toContain(member.person.name);
  });

  it("shows the cards of a feature to those who have their permission", async () => {
    const { organization, path, ...people } = await setUp();
    const card = `Card of ${organization.name}`;
    expect(await read(people.owner.agent, path)).toContain(card);
    expect(await read(people.admin.agent, path)).toContain(card);
    expect(await read(people.member.agent, path)).not.toContain(card);
    expect(await read(people.viewer.agent, path)).not.toContain(card);
  });

  it("TI05 shows nothing of another organization", async () => {
    const { outsider, foreign, organization, admin, path } = await setUp();
    const theirs = await read(outsider.agent, `/o/${foreign.slug}`);
    expect(theirs).toContain("1 member ");
    expect(theirs).toContain(`Card of ${foreign.name}`);
    expect(theirs).not.toContain(organization.name);
    expect((await outsider.agent.get(path)).status).toBe(404);
    expect(await read(admin.agent, path)).not.toContain(outsider.person.name);
  });

  it("lists the first steps until they are done or the organization is 30 days old, to those who may do what is left", async () => {
    const { organization, path, settings, ...people } = await setUp();
    const [heading, step] = ["First steps", "Leave the first behind"];
    expect(await read(people.admin.agent, path)).toMatch(`Name the organization (done)`);
    expect(await read(people.admin.agent, path)).toMatch(new RegExp(`${heading}.*${step} `));
    expect(await read(people.viewer.agent, path)).not.toContain(heading);

    const age = (days: number) =>
      application.query(
        "update organizations set created_at = now() - make_interval(days => $2) where id = $1",
        [organization.id, days],
      );
    await age(31);
    expect(await read(people.admin.agent, path)).not.toContain(heading);
    await age(29);
    expect(await read(people.admin.agent, path)).toContain(heading);

    const slug = `${organization.slug}-2`;
    const moved = await people.owner.agent.post(settings).type("form").send({ slug });
    expect(moved.status).toBe(303);
    expect(await read(people.admin.agent, `/o/${slug}`)).not.toMatch(
      new RegExp(`${step}(?! \\(done)`),
    );
  });
});
