import { describe, expect, it } from "vitest";

import { useApplication } from "../support/application.ts";
import {
  createLeaver,
  joinOther,
  plan,
  readActions,
  readDatabase,
  readMembersOf,
  sendDeletion,
} from "./deletion-world.ts";

const application = useApplication();

describe("POST /account/deletion by the only owner of an organization", () => {
  async function own() {
    const { person, agent } = await createLeaver(application);
    const organization = await application.createOrganization(person);
    const admin = await application.createPerson("Ade Successor");
    await application.addMember(organization, admin, "admin");
    return { person, agent, organization, admin };
  }

  it("RB05 is 409 without a choice: it says for which, keeps the other choices, and changes nothing", async () => {
    const { person, agent, organization, admin } = await own();
    const second = await application.createOrganization(person, "Needs a choice, too");
    const before = await readDatabase(application);
    for (const fields of [
      plan(organization, admin.id),
      { ...plan(organization, admin.id), ...plan(second, "") },
    ]) {
      const answer = await sendDeletion(agent, person, fields);
      expect(answer.status).toBe(409);
      expect(answer.text).toContain("Please choose a new owner, or delete it.");
      expect(answer.text.match(/aria-invalid/g)).toHaveLength(1);
      expect(answer.text).toMatch(
        new RegExp(`<option value="${admin.id}" selected>Hand it over to Ade`),
      );
      expect(await readDatabase(application)).toEqual(before);
    }
    expect((await agent.get("/account")).status).toBe(200);
  });

  it("hands it over to the chosen member, and logs that", async () => {
    const { person, agent, organization, admin } = await own();
    expect((await sendDeletion(agent, person, plan(organization, admin.id))).status).toBe(303);
    expect(await readMembersOf(application, organization)).toEqual({ [admin.id]: "owner" });
    expect(await readActions(application, organization)).toEqual([
      "organization.ownership_transferred",
      "account.deleted",
    ]);
    const [event] = await application.query(
      "select actor_id, target_id, details from audit_events where action like '%transferred' and organization_id = $1",
      [organization.id],
    );
    expect(event).toEqual({
      actor_id: person.id,
      target_id: admin.id,
      details: { from: "admin", to: "owner" },
    });
  });

  it("deletes it at once where they chose that, and leaves nothing of it", async () => {
    const { person, agent, organization, admin } = await own();
    expect((await sendDeletion(agent, person, plan(organization, "delete"))).status).toBe(303);
    expect(await readMembersOf(application, organization)).toBeUndefined();
    // The jobs for Logto are done as well.
    await application.deliverMail();
    const after = await readDatabase(application);
    expect(JSON.stringify(after)).not.toContain(organization.id);
    const home = await (await application.signInAs(admin)).get(`/o/${organization.slug}`);
    expect(home.status).toBe(404);
    expect(application.logged()).toContain(`"organizationId":"${organization.id}"`);
  });

  it("deletes for good one that they had deleted before, without asking", async () => {
    const { person, agent, organization } = await own();
    await application.query("update organizations set deleted_at = now() where id = $1", [
      organization.id,
    ]);
    const page = await agent.get("/account/deletion");
    expect(page.text).toContain("You deleted it earlier.");
    expect(page.text).not.toContain("<select");
    expect((await sendDeletion(agent, person)).status).toBe(303);
    expect(await readMembersOf(application, organization)).toBeUndefined();
  });

  it("only leaves it where there is another owner by now, whatever they chose", async () => {
    for (const choice of ["delete", "admin"]) {
      const { person, agent, organization, admin } = await own();
      const another = await application.createPerson();
      await application.addMember(organization, another, "owner");
      const fields = plan(organization, choice === "delete" ? choice : admin.id);
      expect((await sendDeletion(agent, person, fields)).status).toBe(303);
      expect(await readMembersOf(application, organization)).toEqual({
        [another.id]: "owner",
        [admin.id]: "admin",
      });
    }
  });

  it("counts no owner who is suspended", async () => {
    const { person, agent, organization } = await own();
    const suspended = await application.createPerson();
    await application.addMember(organization, suspended, "owner");
    await application.query("update memberships set suspended_at = now() where user_id = $1", [
      suspended.id,
    ]);
    expect((await sendDeletion(agent, person)).status).toBe(409);
    const chosen = await sendDeletion(agent, person, plan(organization, suspended.id));
    expect(chosen.status).toBe(409);
    expect(chosen.text).toContain("That person is not among its active members.");
    expect(chosen.text).not.toContain(`value="${suspended.id}"`);
  });

  it("RB05 refuses to hand it over to an outsider, a former member, or themselves", async () => {
    const { person, agent, organization, admin } = await own();
    const outsider = await application.createPerson();
    const before = await readDatabase(application);
    for (const id of [outsider.id, person.id, person.id.toUpperCase()]) {
      expect((await sendDeletion(agent, person, plan(organization, id))).status).toBe(409);
    }
    expect(await readDatabase(application)).toEqual(before);
    await application.query("delete from memberships where user_id = $1", [admin.id]);
    expect((await sendDeletion(agent, person, plan(organization, admin.id))).status).toBe(409);
  });

  it("TI02 touches no organization of others, whatever is chosen for it", async () => {
    const { person, agent } = await createLeaver(application);
    const theirs = await own();
    const viewed = await joinOther(application, person, "viewer");
    const fields = {
      ...plan(theirs.organization, "delete"),
      ...plan(viewed.organization, person.id),
    };
    expect((await sendDeletion(agent, person, fields)).status).toBe(303);
    expect(await readMembersOf(application, theirs.organization)).toEqual({
      [theirs.person.id]: "owner",
      [theirs.admin.id]: "admin",
    });
    expect(await readMembersOf(application, viewed.organization)).toEqual({
      [viewed.owner.id]: "owner",
    });
    expect(await readActions(application, theirs.organization)).toEqual([]);
  });
});
