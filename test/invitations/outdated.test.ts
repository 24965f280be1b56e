import { describe, expect, it } from "vitest";

import { changeRole, removeMember } from "../../src/memberships/member.ts";
import type { Role } from "../../src/access/roles.ts";
import { actorIn } from "../support/acting.ts";
import { useApplication } from "../support/application.ts";
import type { Colleague } from "../support/colleagues.ts";
import { answerBy, arriveWith, assemble, inventEmail, openBy, type World } from "./world.ts";

const application = useApplication();

const byOwner = ({ organization, people }: World) => actorIn(people.owner.person, organization);

const setRole = (world: World, { person }: Colleague, role: Role) =>
  changeRole(application.database, byOwner(world), { userId: person.id, role });

const remove = (world: World, { person }: Colleague) =>
  removeMember(application.database, byOwner(world), { userId: person.id });

describe("a member whom an owner has made a viewer", () => {
  it("stays one when they accept the link again by which they became an admin", async () => {
    const world = await assemble(application);
    const { path } = world;
    const link = await world.link({ role: "admin" });
    const guest = await arriveWith(application);
    await answerBy(guest, link.token);
    expect(await world.readRole(guest)).toBe("admin");
    await setRole(world, guest, "viewer");
    // There is nothing to accept: they belong to it.
    for (const answer of [await openBy(guest, link.token), await answerBy(guest, link.token)]) {
      expect([answer.status, answer.headers["location"]]).toEqual([303, path]);
    }
    expect(await world.readRole(guest)).toBe("viewer");
    expect(await world.readInvitations()).toMatchObject([{ uses: 1 }]);
    const newer = await world.link({ role: "member" });
    await answerBy(guest, newer.token);
    expect(await world.readRole(guest)).toBe("member");
    // The newest decision is still newer than the first link.
    await answerBy(guest, link.token);
    expect(await world.readRole(guest)).toBe("member");
  });

  it("stays one when the earlier link is shown again", async () => {
    const world = await assemble(application);
    const link = await world.link({ role: "admin" });
    const guest = await arriveWith(application);
    await answerBy(guest, link.token);
    await setRole(world, guest, "viewer");
    expect((await world.press(world.people.admin, link, "resend")).status).toBe(200);
    await answerBy(guest, link.token);
    expect(await world.readRole(guest)).toBe("viewer");
  });
});

describe("a removed member", () => {
  it("has no open invitations: the removal withdraws them", async () => {
    const world = await assemble(application);
    const { organization } = world;
    const email = inventEmail();
    const handle = `ada-${email.slice(4, 12)}`;
    const guest = await arriveWith(application, { email, handle });
    const mailed = await world.invite(email, { role: "admin" });
    const named = await world.invite(`@${handle}`, { role: "admin" });
    const other = await world.invite(inventEmail("grace"));
    await answerBy(guest, (await world.link()).token);
    await remove(world, guest);

    expect(await mailed.readStatus()).toBe("revoked");
    expect(await named.readStatus()).toBe("revoked");
    expect(await other.readStatus()).toBe("pending");
    const events = await world.readEvents("invitation.revoked");
    expect(events.map(({ actorId, details }) => [actorId, details?.["name"]])).toEqual(
      expect.arrayContaining([
        [world.people.owner.person.id, email],
        [world.people.owner.person.id, `@${handle} at Hugging Face`],
      ]),
    );
    expect(events).toHaveLength(2);

    const list = (await guest.agent.get("/organizations")).text;
    expect(list).not.toContain(organization.name);
    for (const { id, token } of [mailed, named]) {
      expect((await answerBy(guest, token)).status).toBe(410);
      const path = `/organizations/${organization.id}/invitations/${id}/acceptance`;
      expect((await guest.agent.post(`${path}?account=${guest.person.id}`)).status).toBe(410);
    }
    expect(await world.readRole(guest)).toBeNull();
    const again = await world.invite(email, { role: "viewer" });
    expect((await answerBy(guest, again.token)).status).toBe(303);
    expect(await world.readRole(guest)).toBe("viewer");
  });

  it("reads on the page of an older link that it does not work for them, and whom to ask; others can use it", async () => {
    const world = await assemble(application);
    const link = await world.link({ role: "admin" });
    const guest = await arriveWith(application);
    await answerBy(guest, link.token);
    await remove(world, guest);
    const page = await openBy(guest, link.token);
    expect(page.status).toBe(200);
    expect(page.text).toContain("This invitation does not work for you any more");
    expect(page.text).toContain("Ask one of its admins for a new one");
    expect(page.text).not.toContain(`/invitations/${link.token}/acceptance`);
    const answer = await answerBy(guest, link.token);
    expect(answer.status).toBe(410);
    expect(answer.text).toContain("This invitation does not work for you any more");
    expect((await answerBy(await arriveWith(application), link.token)).status).toBe(303);
    // Visitors learn nothing of that.
    const visitor = await openBy({ agent: application.visitor() }, link.token);
    expect(visitor.text).not.toContain("does not work for you");
  });

  it("cannot accept an invitation to an address that they prove afterwards; they can ask", async () => {
    const world = await assemble(application);
    const { organization } = world;
    const email = inventEmail();
    const mailed = await world.invite(email, { role: "admin" });
    const guest = await arriveWith(application, { email, isVerified: false });
    await answerBy(guest, (await world.link()).token);
    await remove(world, guest);
    expect(await mailed.readStatus()).toBe("pending");
    await application.query("update users set email_verified = true where id = $1", [
      guest.person.id,
    ]);
    expect((await guest.agent.get("/organizations")).text).not.toContain(organization.name);
    expect((await answerBy(guest, mailed.token)).status).toBe(410);
    expect(await world.readRole(guest)).toBeNull();
    expect((await openBy(guest, mailed.token)).text).toContain("Ask an admin");
    const asked = await answerBy(guest, mailed.token, "request");
    expect(asked.headers["location"]).toBe("/organizations");
    // Sent again, it counts as a new invitation.
    await application.query("update invitations set mail_requested_at = now() - interval '1 hour'");
    expect((await world.press(world.people.admin, mailed, "resend")).status).toBe(303);
    expect((await answerBy(guest, mailed.token)).status).toBe(303);
    expect(await world.readRole(guest)).toBe("admin");
  });
});

describe("an invitation that makes someone an owner", () => {
  it.each([
    ["has expired", "8 days"],
    ["is open", "1 day"],
  ])("requires a recent sign-in before it is sent again, if it %s", async (_case, time) => {
    const world = await assemble(application);
    const { owner } = world.people;
    const email = inventEmail();
    const invitation = await world.invite(email, { role: "owner" });
    await invitation.letPass(time);
    const [before] = await world.readInvitations();
    const stale = await application.signInAs(owner.person, { authenticationAge: 11 * 60 });
    for (const agent of [owner.agent, stale]) {
      const answer = await world.press({ agent }, invitation, "resend");
      expect(answer.status).toBe(403);
      expect(answer.text).toContain("Verify it's you");
    }
    expect(await world.readInvitations()).toEqual([before]);
    const proven = await application.signInAs(owner.person, { authenticationAge: 60 });
    expect((await world.press({ agent: proven }, invitation, "resend")).status).toBe(303);
    expect((await world.press(world.people.admin, invitation, "resend")).status).toBe(403);
  });

  it("is the only kind that requires one", async () => {
    const world = await assemble(application);
    const invitation = await world.invite(inventEmail(), { role: "admin" });
    await invitation.letPass("8 days");
    expect((await world.press(world.people.owner, invitation, "resend")).status).toBe(303);
  });
});

describe("a person with two decisions against them, each under another address", () => {
  it("is recognized by both addresses, also as another account", async () => {
    const world = await assemble(application);
    const link = await world.link({ role: "admin" });
    const [first, second] = [inventEmail("first"), inventEmail("second")];
    const ada = await arriveWith(application, { email: first });
    const setEmail = (email: string | null) =>
      application.query("update users set email = $2 where id = $1", [ada.person.id, email]);
    await application.addMember(world.organization, ada.person, "admin");
    await setRole(world, ada, "member");
    await setEmail(second);
    await setRole(world, ada, "viewer");
    await setEmail(null);
    for (const email of [first, second]) {
      const anew = await arriveWith(application, { email });
      expect((await answerBy(anew, link.token)).status).toBe(410);
      expect(await world.readRole(anew)).toBeNull();
    }
  });
});
