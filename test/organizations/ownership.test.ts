import { describe, expect, it } from "vitest";

import { transferOwnership } from "../../src/memberships/ownership.ts";
import { actorIn, attempt } from "../support/acting.ts";
import { type Agent, useApplication } from "../support/application.ts";
import { repetitions } from "../support/endurance.ts";
import { readMembers } from "../support/world.ts";
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
    expect(page.text).toContain("You are one of its admins now.");
    expect(page.text).not.toContain("Makes somebody else an owner");
    expect((await member.agent.get(settings)).text).toContain("Makes somebody else an owner");
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
    expect(page.text).toContain("Confirm that it is you");
    expect(page.text).toContain(way);
    expect(page.text).not.toContain("Hand over ownership");
    const before = await readOrganization(application, organization);
    const post = () =>
      unproved
        .post(`/o/${organization.slug}/ownership`)
        .type("form")
        .send({ userId: admin.person.id });
    const refused = await post();
    expect(refused.status).toBe(403);
    expect(refused.text).toContain("Please confirm that it is you");
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
    await application.query("update memberships set suspended_at = now() where user_id = $1", [
      member.person.id,
    ]);
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
    await application.query("update memberships set suspended_at = now() where user_id = $1", [
      viewer.person.id,
    ]);
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
    expect(text).toContain("Nobody else is here yet");
    expect(text).not.toContain("Hand over ownership");
  });
});

describe("transferOwnership()", () => {
  it("RB06 leaves exactly one owner after two transfers at once", async () => {
    const { organization, owner, admin, member } = await assemble(application);
    for (let run = 0; run < runs; run += 1) {
      const roles = await readMembers(application, organization);
      const [present = ""] = [...roles].find(([, role]) => role === "owner") ?? [];
      const heirs = [owner, admin, member]
        .map(({ person }) => person.id)
        .filter((id) => id !== present);
      const actor = actorIn({ id: present }, organization);
      const outcomes = await Promise.all(
        heirs.map((userId) => attempt(transferOwnership(application.database, actor, { userId }))),
      );
      expect(new Set(outcomes)).toEqual(new Set(["done", "request.not_permitted"]));
      const owners = [...(await readMembers(application, organization)).values()].filter(
        (r) => r === "owner",
      );
      expect(owners).toHaveLength(1);
    }
    expect(await readEvents(application, organization)).toHaveLength(runs);
  });

  it("RB06 keeps an owner when two owners transfer to each other at once", async () => {
    const { organization, owner } = await assemble(application);
    const other = await arrive(application);
    for (let run = 0; run < runs; run += 1) {
      await application.query(
        `insert into memberships (organization_id, user_id, role) values ($1, $2, 'owner'), ($1, $3, 'owner')
         on conflict (organization_id, user_id) do update set role = 'owner'`,
        [organization.id, owner.person.id, other.person.id],
      );
      const outcomes = await Promise.all([
        attempt(
          transferOwnership(application.database, actorIn(owner.person, organization), {
            userId: other.person.id,
          }),
        ),
        attempt(
          transferOwnership(application.database, actorIn(other.person, organization), {
            userId: owner.person.id,
          }),
        ),
      ]);
      // The first transfer makes the other the only owner, who then transfers it back.
      expect(outcomes).toEqual(["done", "done"]);
      const roles = await readMembers(application, organization);
      const owners = [owner, other].filter(({ person }) => roles.get(person.id) === "owner");
      expect(owners).toHaveLength(1);
    }
  });

  it("does not fail or deadlock with other changes at the same moment", async () => {
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
