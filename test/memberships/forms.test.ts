import { describe, expect, it } from "vitest";

import { submit } from "../organizations/world.ts";
import { type Agent, useApplication } from "../support/application.ts";
import { assemble, readStanding } from "./world.ts";

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
    const page = `${world.path}/members?${query}&manage=${id}`;
    for (const [path, notice, standing] of [
      [`/${id}/suspension`, " is suspended.", "suspended"],
      [`/${id}/reinstatement`, " has access again.", "member"],
      [`/${id}/role`, " is now a member.", "member"],
      [`/${id}/removal`, " was removed.", null],
    ] as const) {
      const answer = await submit(owner.agent, page, { action: path });
      expect(answer.status).toBe(303);
      const location = answer.headers["location"] ?? "";
      expect(location).toBe(`${world.path}/members?${query}`);
      expect(await open(owner.agent, location)).toContain(`${member.person.name}${notice}`);
      expect(await readStanding(application, world.organization, member)).toBe(standing);
    }
  });

  it("show the page again with 422 for an unknown role, the member's acts open", async () => {
    const world = await assemble(application);
    const { owner, member } = world.people;
    const page = `${world.path}/members?search=person&manage=${member.person.id}`;
    const form = { action: `/${member.person.id}/role`, role: "root" };
    const answer = await submit(owner.agent, page, form);
    expect(answer.status).toBe(422);
    expect(answer.text).toMatch(/role="alert".*Please choose one of the roles\./s);
    expect(answer.text).toMatch(/name="search" value="person"/);
    expect(answer.text).toContain(`id="role-${member.person.id}"`);
    expect(await readStanding(application, world.organization, member)).toBe("member");
  });

  it("show a page that says why the act is refused", async () => {
    const world = await assemble(application);
    const { owner, admin } = world.people;
    const members = `${world.path}/members`;
    const last = await owner.agent.post(`${world.path}/departure`).accept("html");
    expect([last.status, last.text]).toEqual([
      409,
      expect.stringContaining("There has to be an owner"),
    ]);
    const role = { action: `/${admin.person.id}/role`, role: "owner" };
    const above = await submit(admin.agent, `${members}?manage=${admin.person.id}`, role);
    expect([above.status, above.text]).toEqual([
      403,
      expect.stringContaining("You cannot give that role"),
    ]);
    const removal = await admin.agent.post(`${members}/${owner.person.id}/removal`).accept("html");
    expect([removal.status, removal.text]).toEqual([
      403,
      expect.stringContaining("Only an owner may do that"),
    ]);
  });
});
