import { describe, expect, it } from "vitest";

import { type Agent, useApplication } from "../support/application.ts";
import { repetitions } from "../support/endurance.ts";
import { readMembers, suspend } from "../support/world.ts";
import { arrive, assemble, readEvents, readOrganization, submit } from "./world.ts";

const application = useApplication();
const runs = repetitions(50);

const transfer = (agent: Agent, slug: string, userId: string) =>
  submit(agent, `/o/${slug}/settings`, { action: "/ownership", userId });

describe("POST /o/:slug/ownership", () => {
  it("makes the member an owner and the actor an admin, and writes it to the audit log", async () => {
    const { organization, owner, member, settings } = await assemble(application);
    const answer = await transfer(owner.agent, organization.slug, member.person.id);
    expect([answer.status, answer.headers["location"]]).toEqual([303, settings]);
    const page = await owner.agent.get(settings);
    expect(page.text).toContain("You are an admin now.");
    expect(page.text).not.toContain("You become an admin; only the new owner");
    expect((await member.agent.get(settings)).text).toContain(
      "You become an admin; only the new owner",
    );
    expect(await readEvents(application, organization)).toEqual([
      {
        action: "organization.ownership_transferred",
        actorId: owner.person.id,
        details: { from: "member", to: "owner" },
      },
    ]);
  });

  it.each([
    ["at an unknown time", null],
    ["eleven minutes ago", 660],
  ])("asks an owner who signed in %s to do so again first", async (_what, authenticationAge) => {
    const { organization, owner, admin } = await assemble(application);
    const unproved = await application.signInAs(owner.person, { authenticationAge });
    const settings = `/o/${organization.slug}/settings`;
    const way = `href="/sign-in?returnTo=${encodeURIComponent(settings)}&amp;reauthenticate=yes"`;
    const page = await unproved.get(settings);
    expect(page.text).toContain("Verify it's you");
    expect(page.text).toContain(way);
    expect(page.text).not.toContain("</select>");
    const before = await readOrganization(application, organization);
    const post = () =>
      unproved
        .post(`/o/${organization.slug}/ownership`)
        .type("form")
        .send({ userId: admin.person.id });
    const refused = await post();
    expect(refused.status).toBe(403);
    expect(refused.text).toContain("Verify it's you");
    expect(refused.text).toContain(way);
    expect((await post().accept("json")).body).toMatchObject({
      code: "auth.reauthentication_required",
    });
    expect(await readOrganization(application, organization)).toEqual(before);
  });

  it.each([["nobody"], [""], ["' or true --"]])(
    "shows the page again with 422 for %j",
    async (userId) => {
      const { organization, owner } = await assemble(application);
      const path = `/o/${organization.slug}/ownership`;
      const answer = await owner.agent.post(path).type("form").send({ userId });
      expect(answer.status).toBe(422);
      expect(answer.text).toContain("Please choose a person.");
    },
  );

  it("refuses the actor and a suspended member, with the reason", async () => {
    const { organization, owner, member } = await assemble(application);
    await suspend(application, member.person);
    const before = await readOrganization(application, organization);
    for (const [userId, code] of [
      [owner.person.id, "ownership.already_yours"],
      [owner.person.id.toUpperCase(), "ownership.already_yours"],
      [member.person.id, "ownership.successor_suspended"],
    ] as const) {
      const answer = await owner.agent
        .post(`/o/${organization.slug}/ownership`)
        .accept("json")
        .type("form")
        .send({ userId });
      expect([answer.status, answer.body.code]).toEqual([409, code]);
    }
    expect(await readOrganization(application, organization)).toEqual(before);
  });

  it("offers active members, admins first, and distinguishes two people of one name", async () => {
    const { organization, owner, admin, member, viewer } = await assemble(application);
    await application.query(
      `update users set name = 'Twin', email = id::text || '@twins.example', email_verified = id = $2
        where id = any($1)`,
      [[admin.person.id, member.person.id], admin.person.id],
    );
    await suspend(application, viewer.person);
    const { text } = await owner.agent.get(`/o/${organization.slug}/settings`);
    const options = [...text.matchAll(/<option value="([^"]+)"[^>]*>([^<]*)/g)];
    expect(text).toMatch(/<option[^>]*>Choose a person/);
    expect(options.map(([, value, label]) => [value, label])).toEqual([
      [admin.person.id, `Twin, ${admin.person.id}@twins.example (admin)`],
      [member.person.id, `Twin, ${member.person.id}@twins.example (not verified) (member)`],
    ]);
  });

  it("says so if there is no other member", async () => {
    const { person, agent } = await arrive(application);
    const { slug } = await application.createOrganization(person);
    const { text } = await agent.get(`/o/${slug}/settings`);
    expect(text).toContain("Nobody else here can become the owner yet");
    expect(text).not.toContain("</select>");
  });

  it("RB06 leaves one owner beside other changes at the same moment, without a failure or a deadlock", async () => {
    for (let run = 0; run < runs; run += 1) {
      const { organization, owner, admin, member, settings } = await assemble(application);
      const post = (agent: Agent, path: string, fields: object) =>
        agent.post(path).type("form").send(fields);
      const answers = await Promise.all([
        post(owner.agent, `/o/${organization.slug}/ownership`, { userId: member.person.id }),
        post(admin.agent, settings, { slug: `${organization.slug.slice(0, 30)}-run` }),
        post(owner.agent, settings, { name: "Renamed meanwhile" }),
        post(owner.agent, `/o/${organization.slug}/deletion`, { confirmation: organization.slug }),
      ]);
      for (const { status } of answers) expect([303, 308, 403, 404]).toContain(status);
      const owners = [...(await readMembers(application, organization)).values()].filter(
        (r) => r === "owner",
      );
      expect(owners).toHaveLength(1);
    }
  });
});
