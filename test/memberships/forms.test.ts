import { describe, expect, it } from "vitest";

import { submit } from "../organizations/world.ts";
import { type Agent, useApplication } from "../support/application.ts";
import { arrive } from "../support/colleagues.ts";
import { findForms } from "../support/page-forms.ts";
import { assemble, readStanding, readState } from "./world.ts";

const application = useApplication();

async function open(agent: Agent, path: string) {
  const answer = await agent.get(path);
  expect(answer.status).toBe(200);
  return answer.text;
}

describe("the forms of the members page", () => {
  it("change the member, and redirect to the same page with a notice", async () => {
    const world = await assemble(application);
    const { owner, member } = world.people;
    const query = "search=person&role=member";
    const { id } = member.person;
    for (const [path, notice, standing] of [
      [`/${id}/suspension`, "The member is suspended", "suspended"],
      [`/${id}/reinstatement`, "access is restored", "member"],
      [`/${id}/role`, "The role was changed", "member"],
      [`/${id}/removal`, "The member was removed", null],
    ] as const) {
      const answer = await submit(owner.agent, `${world.path}/members?${query}`, { action: path });
      expect(answer.status).toBe(303);
      const location = answer.headers["location"] ?? "";
      expect(location).toBe(`${world.path}/members?${query}`);
      expect(await open(owner.agent, location)).toContain(notice);
      expect(await readStanding(application, world.organization, member)).toBe(standing);
    }
  });

  it("show the page again with 422 for an unknown role", async () => {
    const world = await assemble(application);
    const { owner, member } = world.people;
    const answer = await submit(owner.agent, `${world.path}/members?search=person`, {
      action: `/${member.person.id}/role`,
      role: "root",
    });
    expect(answer.status).toBe(422);
    expect(answer.text).toMatch(/role="alert".*Please choose one of the roles\./s);
    expect(answer.text).toMatch(/name="search" value="person"/);
    expect(await readStanding(application, world.organization, member)).toBe("member");
  });

  it("are refused with 409 from a page for another role, and change nothing", async () => {
    const world = await assemble(application);
    const { admin, member, viewer } = world.people;
    const html = await open(admin.agent, `${world.path}/members`);
    const actions = findForms({ html, url: application.baseUrl })
      .map(({ method, action }) => `${method} ${action}`)
      .filter((action) => action.startsWith("post") && action.includes(world.organization.slug))
      .map((action) => action.slice("post ".length));
    await application.query("update memberships set role = 'owner' where user_id = $1", [
      admin.person.id,
    ]);
    const before = await readState(application, world.organization);
    expect(actions.filter((action) => action.includes(member.person.id))).toHaveLength(3);
    expect(actions.filter((action) => action.includes(viewer.person.id))).toHaveLength(3);
    for (const action of actions) {
      const { pathname, search } = new URL(action);
      const answer = await admin.agent
        .post(pathname + search)
        .type("form")
        .send({ role: "viewer" });
      expect(answer.status, pathname).toBe(409);
      expect(answer.text).toContain("That page was out of date");
    }
    expect(await readState(application, world.organization)).toEqual(before);
  });
});

describe("GET /, after the person opened an organization last", () => {
  it.each([
    ["is no member any more", "delete from memberships where user_id = $1"],
    ["is suspended", "update memberships set suspended_at = now() where user_id = $1"],
  ])(
    "redirects a person who %s to the list of their other organizations",
    async (_what, change) => {
      const world = await assemble(application);
      const colleague = await arrive(application);
      await application.addMember(world.organization, colleague.person, "member");
      await open(colleague.agent, world.path);
      expect((await colleague.agent.get("/")).headers["location"]).toBe(world.path);
      await application.query(change, [colleague.person.id]);
      const home = await colleague.agent.get("/");
      expect([home.status, home.headers["location"]]).toEqual([303, "/organizations"]);
      expect(await open(colleague.agent, "/organizations")).not.toContain(`href="${world.path}"`);
    },
  );
});
