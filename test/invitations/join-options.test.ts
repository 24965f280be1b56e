import { describe, expect, it } from "vitest";

import { useApplication } from "../support/application.ts";
import { findForms } from "../support/page-forms.ts";
import type { Colleague } from "../support/colleagues.ts";
import { arriveWith, assemble, inventEmail } from "./world.ts";

const application = useApplication();

/** The addresses of the forms of invitations on the list of organizations. */
async function listJoinOptions({ agent }: Colleague): Promise<string[]> {
  const { text } = await agent.get("/organizations");
  const forms = findForms({ html: text, url: application.baseUrl });
  return forms.map(({ action }) => action).filter((action) => action.includes("/invitations/"));
}

describe("invitations on the list of organizations", () => {
  it("are those to the person's proven addresses and Hugging Face name, each with its role", async () => {
    const [first, second, third] = [
      await assemble(application),
      await assemble(application),
      await assemble(application),
    ];
    const email = inventEmail();
    await first.invite(email, { role: "admin" });
    await second.invite("@listed-ada");
    await third.invite(inventEmail("another"));
    await third.link();
    const ada = await arriveWith(application, { email, handle: "Listed-Ada" });
    const { text } = await ada.agent.get("/organizations");
    expect(text).toContain(first.organization.name);
    expect(text).toContain(`${first.people.owner.person.name} invites you as an admin.`);
    expect(text).toContain(second.organization.name);
    expect(text).not.toContain(third.organization.name);
    expect(await listJoinOptions(ada)).toHaveLength(4);
  });

  it("can be accepted and declined without the link", async () => {
    const [welcome, unwelcome] = [await assemble(application), await assemble(application)];
    const email = inventEmail();
    const ada = await arriveWith(application, { email });
    await welcome.invite(email);
    const accept =
      (await listJoinOptions(ada)).find((action) => action.includes("/acceptance")) ?? "";
    const answer = await ada.agent.post(accept.replace(application.baseUrl, ""));
    expect(answer.headers["location"]).toBe(welcome.path);
    expect(await welcome.readRole(ada)).toBe("member");
    const declined = await unwelcome.invite(email);
    const decline =
      (await listJoinOptions(ada)).find((action) => action.includes("/rejection")) ?? "";
    expect((await ada.agent.post(decline.replace(application.baseUrl, ""))).status).toBe(303);
    expect(await declined.readStatus()).toBe("declined");
    expect(await listJoinOptions(ada)).toEqual([]);
  });

  it("disappear when the inviter may not invite any more, when the person is a member, and when they expire", async () => {
    const email = inventEmail();
    const ada = await arriveWith(application, { email });
    const world = await assemble(application);
    const { admin } = world.people;
    const invitation = await world.invite(email, { by: admin });
    expect(await listJoinOptions(ada)).toHaveLength(2);
    await application.query("update memberships set role = 'member' where user_id = $1", [
      admin.person.id,
    ]);
    expect(await listJoinOptions(ada)).toEqual([]);
    await application.query("update memberships set role = 'admin' where user_id = $1", [
      admin.person.id,
    ]);
    await application.addMember(world.organization, ada.person, "member");
    expect(await listJoinOptions(ada)).toEqual([]);
    await application.query("delete from memberships where user_id = $1", [ada.person.id]);
    expect(await listJoinOptions(ada)).toHaveLength(2);
    await invitation.letPass("7 days");
    expect(await listJoinOptions(ada)).toEqual([]);
  });

  it("answer 404 for the id of another person's invitation, of a link, and in another organization", async () => {
    const [world, other] = [await assemble(application), await assemble(application)];
    const email = inventEmail();
    const own = await world.invite(email);
    const foreign = await world.invite(inventEmail("foreign"));
    const link = await world.link();
    const ada = await arriveWith(application, { email });
    const post = (organization: { id: string }, id: string, act: string) =>
      ada.agent
        .post(`/organizations/${organization.id}/invitations/${id}/${act}`)
        .query({ account: ada.person.id });
    const missing = crypto.randomUUID();
    for (const act of ["acceptance", "rejection"]) {
      for (const { id } of [foreign, link, { id: missing }]) {
        expect((await post(world.organization, id, act)).status).toBe(404);
      }
      expect((await post(other.organization, own.id, act)).status).toBe(404);
    }
    expect(await foreign.readStatus()).toBe("pending");
    expect((await post(world.organization, own.id, "acceptance")).status).toBe(303);
    // Pressed once more, it leads where it led.
    const again = await post(world.organization, own.id, "acceptance");
    expect([again.status, again.headers["location"]]).toEqual([303, world.path]);
  });
});
