import { describe, expect, it } from "vitest";

import { capRole } from "../../src/invitations/invitation.ts";
import { approveRequest } from "../../src/join-requests/join-request.ts";
import { invitationOrigin } from "../../src/invitations/join-origin.ts";
import { purgeOrganization } from "../../src/organizations/deletion.ts";
import { roles } from "../../src/access/roles.ts";
import { actorIn, attempt } from "../support/acting.ts";
import { useApplication } from "../support/application.ts";
import type { Colleague } from "../support/colleagues.ts";
import { answerBy, arriveWith, assemble, inventEmail, openBy, type World } from "./world.ts";

const application = useApplication();

/** Changes the role of a member; null suspends them. */
async function makeThem({ organization }: World, { person }: Colleague, role: string | null) {
  await application.query(
    `update memberships set role = coalesce($3::role, role), suspended_at = case when $3 is null then now() end
      where organization_id = $1 and user_id = $2`,
    [organization.id, person.id, role],
  );
}

describe("the inviter of an invitation", () => {
  it("RB14 caps its role: an owner who became an admin gives admin at most", async () => {
    const world = await assemble(application);
    const second = await world.join("owner");
    const email = inventEmail();
    const { token } = await world.invite(email, { by: second, role: "owner" });
    await makeThem(world, second, "admin");
    const ada = await arriveWith(application, { email });
    expect((await openBy(ada, token)).text).toContain("Admin");
    expect((await answerBy(ada, token)).status).toBe(303);
    expect(await world.readRole(ada)).toBe("admin");
  });

  it.each([
    ["RB14 voids it as a member", "member"],
    ["RB14 voids it as a viewer", "viewer"],
    ["IN16 voids it while suspended", null],
  ])("%s, until they are an admin again", async (_title, role) => {
    const world = await assemble(application);
    const { admin } = world.people;
    const email = inventEmail();
    const invitation = await world.invite(email, { by: admin });
    const link = await world.link({ by: admin });
    const ada = await arriveWith(application, { email });
    await makeThem(world, admin, role);
    for (const { token } of [invitation, link]) {
      expect((await openBy(ada, token)).status).toBe(404);
      expect((await answerBy(ada, token)).status).toBe(404);
    }
    expect((await ada.agent.get("/organizations")).text).not.toContain(world.organization.name);
    const list = await world.people.owner.agent.get(world.list);
    expect(list.text.match(/Inviter can no longer invite/g)).toHaveLength(2);
    expect(await invitation.readStatus()).toBe("pending");
    await makeThem(world, admin, "admin");
    expect((await answerBy(ada, invitation.token)).status).toBe(303);
  });

  it("is named to admins by their email address if they have no name, and to the recipient by no address", async () => {
    const world = await assemble(application);
    const { admin, owner } = world.people;
    const address = inventEmail();
    await application.query(
      "update users set name = null, username = null, email = $1, email_verified = true where id = $2",
      [address, admin.person.id],
    );
    const { token } = await world.invite(inventEmail(), { by: admin });
    const ada = await arriveWith(application, {});
    const { text } = await openBy(ada, token);
    expect(text).toContain("An admin invites you.");
    expect(text).not.toContain(address);
    expect((await owner.agent.get(world.list)).text).toContain(`by ${address}`);
    const [mail] = await application.deliverMail();
    expect(mail?.subject).toMatch(/^An admin invites you to /);
  });

  it("RB14 can be replaced by another admin, who sends it again", async () => {
    const world = await assemble(application);
    const { admin, owner } = world.people;
    const { id, token } = await world.invite("@relieved", { by: admin });
    await makeThem(world, admin, "viewer");
    const ada = await arriveWith(application, { handle: "relieved" });
    expect((await answerBy(ada, token)).status).toBe(404);
    expect((await owner.agent.post(`${world.list}/${id}/resend`)).status).toBe(303);
    expect((await answerBy(ada, token)).status).toBe(303);
  });

  it("IN16 voids it by leaving, by being removed, and by deleting their account", async () => {
    const ends = [
      "delete from memberships where user_id = $1",
      "with gone as (delete from memberships where user_id = $1) update users set deleted_at = now() where id = $1",
    ];
    for (const end of ends) {
      const world = await assemble(application);
      const { admin, owner } = world.people;
      const email = inventEmail();
      const opened = [await world.invite(email, { by: admin }), await world.link({ by: admin })];
      await application.query(end, [admin.person.id]);
      const ada = await arriveWith(application, { email });
      for (const { token } of opened) {
        expect((await openBy(ada, token)).status).toBe(404);
        expect((await openBy({ agent: application.visitor() }, token)).status).toBe(404);
        for (const act of ["acceptance", "request"] as const) {
          expect((await answerBy(ada, token, act)).status).toBe(404);
        }
      }
      expect(await world.readRole(ada)).toBeNull();
      expect((await owner.agent.get(world.list)).status).toBe(200);
    }
  });

  it("IN16 voids the requests to join by it, which cannot be approved", async () => {
    const world = await assemble(application);
    const { admin, owner } = world.people;
    const { token } = await world.invite(inventEmail(), { by: admin });
    const other = await arriveWith(application);
    expect((await answerBy(other, token, "request")).status).toBe(303);
    await makeThem(world, admin, "member");
    const [request] = await application.query<{ id: string }>(
      "select id from join_requests where organization_id = $1",
      [world.organization.id],
    );
    const approved = approveRequest(
      application.database,
      actorIn(owner.person, world.organization),
      { id: request?.id ?? "" },
      [invitationOrigin],
    );
    expect(await attempt(approved)).toBe("join_request.void");
    expect(await world.readRole(other)).toBeNull();
  });
});

describe("an organization that is deleted", () => {
  it("IN16 answers 404 for its invitations until it is restored", async () => {
    const world = await assemble(application);
    const email = inventEmail();
    const opened = [await world.invite(email), await world.link()];
    const ada = await arriveWith(application, { email });
    const setDeleted = (isDeleted: boolean) =>
      application.query(
        "update organizations set deleted_at = case when $2 then now() end where id = $1",
        [world.organization.id, isDeleted],
      );
    await setDeleted(true);
    for (const { token } of opened) {
      expect((await openBy(ada, token)).status).toBe(404);
      for (const act of ["acceptance", "rejection", "request"] as const) {
        expect((await answerBy(ada, token, act)).status).toBe(404);
      }
    }
    expect((await ada.agent.get("/organizations")).text).not.toContain(world.organization.name);
    expect(await application.deliverMail()).toEqual([]);
    await setDeleted(false);
    for (const { token } of opened) expect((await answerBy(ada, token)).status).toBe(303);
  });
});

describe("an organization that is purged", () => {
  it("IN16 takes its invitations along: nobody knows their tokens any more", async () => {
    const world = await assemble(application);
    const { token } = await world.link();
    await application.query(
      "update organizations set deleted_at = now() - interval '15 days' where id = $1",
      [world.organization.id],
    );
    expect(await purgeOrganization(application.database, world.organization.id)).toBe(true);
    expect((await openBy({ agent: application.visitor() }, token)).status).toBe(410);
    expect(await world.readInvitations()).toEqual([]);
  });
});

describe("capRole()", () => {
  it("RB14 gives at most the role of the inviter, and nothing if they may not invite", () => {
    const capped = roles.map((given) => roles.map((inviter) => capRole(given, inviter)));
    expect(capped).toEqual([
      ["owner", "admin", null, null],
      ["admin", "admin", null, null],
      ["member", "member", null, null],
      ["viewer", "viewer", null, null],
    ]);
    expect(roles.map((given) => capRole(given, null))).toEqual([null, null, null, null]);
  });
});
