import { randomUUID } from "node:crypto";

import { describe, expect, it } from "vitest";

import { createLeaver, plan, sendDeletion } from "../account/deletion-world.ts";
import { bearer } from "../tenancy/token-client.ts";
import { attempt, letIn } from "../support/acting.ts";
import { arrive, assembleColleagues } from "../support/colleagues.ts";
import { useTokens } from "../support/organization-tokens.ts";
import { findForms } from "../support/page-forms.ts";
import { readRole } from "../support/world.ts";
import { listSuccessors } from "../../src/memberships/ownership.ts";

const world = useTokens();
const { application, addApplication } = world;

const recently = { proof: { authenticationAge: 5 } };

async function assemble() {
  const colleagues = await assembleColleagues(application, recently);
  const { slug } = colleagues.organization;
  const worker = await addApplication(colleagues.organization, "member");
  return { ...colleagues, worker, api: `/api/v1/organizations/${slug}`, path: `/o/${slug}` };
}

describe("an application that belongs to an organization", () => {
  it("can do with its token what its role allows, and the audit log names it as the actor", async () => {
    const { organization, people, api } = await assemble();
    const worker = await addApplication(organization, "admin");
    const subject = await world.nameAtIssuer(worker);
    const token = await world.tokenFor(worker, organization, { claims: { client_id: subject } });
    const url = `${application.baseUrl}${api}/members/${people.member.person.id}/role`;
    const change = (role: string) =>
      fetch(url, {
        method: "PUT",
        headers: { ...bearer(token), "content-type": "application/json" },
        body: JSON.stringify({ role }),
      });
    expect((await change("viewer")).status).toBe(204);
    expect(await readRole(application, organization, people.member.person)).toBe("viewer");
    expect((await change("owner")).status).toBe(403);
    const [event] = await application.query(
      "select actor_id, details from audit_events where organization_id = $1 order by id desc limit 1",
      [organization.id],
    );
    expect(event).toEqual({
      actor_id: worker.id,
      details: { from: "member", to: "viewer", client: subject },
    });
    const page = await people.owner.agent.get(`/o/${organization.slug}/audit-log`);
    expect(page.text).toContain(worker.name);
    expect(page.text).toMatch(new RegExp(`through the application.*${subject}`));
    await application.query("delete from memberships where user_id = $1", [worker.id]);
    expect((await change("member")).status).toBe(404);
  });

  it("is marked as an application on the page and in the API", async () => {
    const { people, worker, api, path } = await assemble();
    const { text } = await people.viewer.agent.get(`${path}/members`);
    const rows = text.split("<li").filter((row) => row.includes("Application</span>"));
    expect(rows).toHaveLength(1);
    expect(rows[0]).toContain(worker.name);
    const answer = await people.viewer.agent.get(`${api}/members`);
    const { members } = answer.body as { members: { userId: string; application: boolean }[] };
    const applications = members.filter((member) => member.application);
    expect(applications.map(({ userId }) => userId)).toEqual([worker.id]);
    expect(members.length).toBe(5);
  });

  it("can get every role but owner, be suspended and removed, by the roles that may do that to members", async () => {
    const { organization, people, worker, api, path } = await assemble();
    const { agent } = people.owner;
    const { text } = await agent.get(`${path}/members?manage=${worker.id}`);
    const offered = findForms({ html: text, url: application.baseUrl }).find(({ action }) =>
      action.includes(`${worker.id}/role`),
    );
    expect(offered).toBeDefined();
    const select = text.slice(text.indexOf(`id="role-${worker.id}"`)).split("</select>")[0] ?? "";
    expect([...select.matchAll(/<option[^>]*value="(\w+)"/g)].map(([, role]) => role)).toEqual([
      "admin",
      "member",
      "viewer",
    ]);
    for (const role of ["admin", "viewer", "member"]) {
      expect((await agent.put(`${api}/members/${worker.id}/role`).send({ role })).status).toBe(204);
      expect(await readRole(application, organization, worker)).toBe(role);
    }
    const member = `${api}/members/${worker.id}`;
    expect((await agent.put(`${member}/suspension`)).status).toBe(204);
    expect((await agent.delete(`${member}/suspension`)).status).toBe(204);
    expect((await people.member.agent.delete(member)).status).toBe(403);
    expect((await agent.delete(member)).status).toBe(204);
    expect(await readRole(application, organization, worker)).toBeNull();
  });
});

describe("an owner is a person", () => {
  it("RB05 refuses to make an application an owner, with the reason, and changes nothing", async () => {
    const { organization, people, worker, api, path } = await assemble();
    const { agent } = people.owner;
    const answer = await agent
      .put(`${api}/members/${worker.id}/role`)
      .accept("json")
      .send({ role: "owner" });
    expect([answer.status, (answer.body as { code: string }).code]).toEqual([
      409,
      "member.not_a_person",
    ]);
    const form = await agent
      .post(`${path}/members/${worker.id}/role`)
      .type("form")
      .send({ role: "owner" });
    expect(form.status).toBe(409);
    expect(form.text).toContain("An application cannot be an owner");
    const transfer = await agent
      .post(`${path}/ownership`)
      .accept("json")
      .type("form")
      .send({ userId: worker.id });
    expect([transfer.status, (transfer.body as { code: string }).code]).toEqual([
      409,
      "ownership.successor_not_a_person",
    ]);
    expect(await readRole(application, organization, worker)).toBe("member");
    expect(await readRole(application, organization, people.owner.person)).toBe("owner");
  });

  it("RB05 neither offers nor accepts an application as a successor when an account is deleted", async () => {
    const { person, agent } = await createLeaver(application);
    const organization = await application.createOrganization(person);
    const worker = await addApplication(organization, "admin");
    const ids = { organizationId: organization.id, ownerId: person.id };
    expect(await listSuccessors(application.database, ids)).toEqual([]);
    const answer = await sendDeletion(agent, person, plan(organization, worker.id));
    expect(answer.status).toBe(409);
    expect(answer.text).toContain("That is an application. Please choose a person.");
    expect(await readRole(application, organization, worker)).toBe("admin");
    expect((await agent.get("/account")).status).toBe(200);
  });
});

describe("the constraints of the database", () => {
  it.each([
    [
      "owners_are_people",
      "update memberships set role = 'owner' where user_id = $1",
      "an application as an owner",
    ],
    [
      "sessions_are_of_people",
      "insert into sessions (id_hash, user_id) values (sha256('x'), $1)",
      "a session of one",
    ],
    [
      "identities_are_of_people",
      "insert into identities (user_id, provider, subject) values ($1, 'huggingface', 'x')",
      "a social account of one",
    ],
    [
      "users_machine_check",
      "update users set email = 'bot@example.com' where id = $1",
      "an address of one",
    ],
    [
      "users_stay_what_they_are",
      "update users set is_machine = false where id = $1",
      "one that becomes a person",
    ],
  ])("%s refuses %s", async (constraint, statement) => {
    const { worker } = await assemble();
    await expect(application.query(statement, [worker.id])).rejects.toMatchObject({ constraint });
  });

  it("refuse to turn a person into an application, and a request to join by an application", async () => {
    const { people, worker, foreign } = await assemble();
    await expect(
      application.query("update users set is_machine = true where id = $1", [
        people.viewer.person.id,
      ]),
    ).rejects.toMatchObject({ constraint: "users_stay_what_they_are" });
    await expect(
      application.query(
        `insert into join_requests (organization_id, id, user_id, role, origin, origin_id)
         values ($1, $2, $3, 'member', 'open', 'x')`,
        [foreign.id, randomUUID(), worker.id],
      ),
    ).rejects.toMatchObject({ constraint: "join_requests_are_of_people" });
    // Other changes are allowed.
    await application.query("update users set name = 'Renamed', is_machine = true where id = $1", [
      worker.id,
    ]);
  });
});

describe("seats", () => {
  it("are for people: an application neither takes nor needs one", async () => {
    const owner = await arrive(application);
    const organization = await application.createOrganization(owner.person);
    await addApplication(organization, "member");
    await application.query("update organizations set seat_limit = 2 where id = $1", [
      organization.id,
    ]);
    const letInAnother = async () =>
      attempt(letIn(application, organization, await application.createPerson()));
    expect(await letInAnother()).toBe("done");
    expect(await letInAnother()).toBe("membership.no_seat");
    // The constraint of the table.
    await addApplication(organization, "viewer");
    await expect(
      application.addMember(organization, await application.createPerson(), "viewer"),
    ).rejects.toThrow(/no seat left/);
  });
});
