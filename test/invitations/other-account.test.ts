import { describe, expect, it } from "vitest";

import { invitationOrigin } from "../../src/invitations/join-origin.ts";
import { approveRequest, refuseRequest } from "../../src/join-requests/join-request.ts";
import type { Role } from "../../src/access/roles.ts";
import { actorIn, attempt } from "../support/acting.ts";
import { useApplication } from "../support/application.ts";
import { repetitions } from "../support/endurance.ts";
import { answerBy, arriveWith, assemble, inventEmail, openBy, type World } from "./world.ts";

const application = useApplication();
const runs = repetitions(50);

/** A person with another account than the invited one, who asked to join with it. */
async function askWithOther(world: World, role: Role = "member") {
  const email = inventEmail();
  const invitation = await world.invite(email, { role });
  const account = inventEmail("other");
  const other = await arriveWith(application, {
    email: account,
    handle: `o-${account.slice(6, 14)}`,
  });
  const answer = await answerBy(other, invitation.token, "request");
  expect(answer.headers["location"]).toBe("/organizations");
  const [request] = await application.query<{ id: string; role: Role; status: string }>(
    "select id, role, status from join_requests where organization_id = $1 and user_id = $2",
    [world.organization.id, other.person.id],
  );
  return {
    email,
    account,
    invitation,
    other,
    request: request ?? { id: "", role, status: "none" },
  };
}

const approve = ({ people, organization }: World, { id }: { id: string }) => {
  const actor = actorIn(people.admin.person, organization);
  return attempt(approveRequest(application.database, actor, { id }, [invitationOrigin]));
};

describe("asking to use an invitation with another account", () => {
  it("makes one request; the invitation stays open, and nobody becomes a member", async () => {
    const world = await assemble(application);
    const { invitation, other, request } = await askWithOther(world);
    expect(request).toMatchObject({ role: "member", status: "pending" });
    expect(await invitation.readStatus()).toBe("pending");
    expect(await world.readRole(other)).toBeNull();
    await Promise.all([1, 2, 3].map(() => answerBy(other, invitation.token, "request")));
    expect(await world.readEvents("join_request.")).toHaveLength(1);
    const page = await openBy(other, invitation.token);
    expect(page.text).toContain("You have asked to join");
    expect(page.text).not.toContain("Ask an admin to accept this account");
    // It is still the wrong account.
    expect((await answerBy(other, invitation.token)).status).toBe(403);
  });

  it("uses up the invitation after the approval, and the audit log names both accounts", async () => {
    const world = await assemble(application);
    const { email, account, invitation, other, request } = await askWithOther(world);
    expect(await approve(world, request)).toBe("done");
    expect(await world.readRole(other)).toBe("member");
    const [row] = await world.readInvitations();
    expect(row).toMatchObject({ status: "accepted", accepter_id: other.person.id });
    const [event] = await world.readEvents("member.joined");
    expect(event).toMatchObject({
      actorId: world.people.admin.person.id,
      details: { via: "invitation", invited: email, role: "member" },
    });
    expect(event?.details?.["account"]).toContain(account);
    expect(event?.details?.["account"]).toContain(other.person.name);
    expect(event?.details?.["account"]).toMatch(/@o-\w+ at Hugging Face/);
    // The invited person comes too late.
    const invited = await arriveWith(application, { email });
    expect((await answerBy(invited, invitation.token)).status).toBe(410);
    expect((await answerBy(other, invitation.token)).headers["location"]).toBe(world.path);
  });

  it("names no unverified address in the audit log", async () => {
    const world = await assemble(application);
    const { account, other, request } = await askWithOther(world);
    await application.query("update users set email_verified = false where id = $1", [
      other.person.id,
    ]);
    expect(await approve(world, request)).toBe("done");
    const [event] = await world.readEvents("member.joined");
    expect(event?.details?.["account"]).not.toContain(account);
  });

  it("leaves the invitation to the invited person if it is refused", async () => {
    const world = await assemble(application);
    const { email, invitation, other, request } = await askWithOther(world);
    const admin = actorIn(world.people.admin.person, world.organization);
    await refuseRequest(application.database, admin, request);
    expect(await world.readRole(other)).toBeNull();
    const invited = await arriveWith(application, { email });
    expect((await answerBy(invited, invitation.token)).status).toBe(303);
  });

  it("cannot be approved after the invitation was used, withdrawn or expired", async () => {
    const ends = [
      "update invitations set status = 'revoked', closed_at = now() where id = $1",
      "update invitations set expires_at = now() - interval '1 second' where id = $1",
      "update invitations set status = 'accepted', closed_at = now() where id = $1",
    ];
    for (const end of ends) {
      const world = await assemble(application);
      const { invitation, other, request } = await askWithOther(world);
      await application.query(end, [invitation.id]);
      expect(await approve(world, request)).toBe("join_request.void");
      expect(await world.readRole(other)).toBeNull();
    }
  });

  it("IN08 never makes an owner of another account than the invited one", async () => {
    const world = await assemble(application);
    const { other, request } = await askWithOther(world, "owner");
    expect(request.role).toBe("admin");
    expect(await approve(world, request)).toBe("done");
    expect(await world.readRole(other)).toBe("admin");
  });

  it("does nothing for links and for members", async () => {
    const world = await assemble(application);
    const link = await world.link({ domains: ["example.com"] });
    const guest = await arriveWith(application);
    expect((await openBy(guest, link.token)).text).not.toContain("Ask an admin");
    await answerBy(guest, link.token, "request");
    const { token } = await world.invite(inventEmail(), { role: "admin" });
    await answerBy(world.people.viewer, token, "request");
    expect(
      await application.query("select from join_requests where organization_id = $1", [
        world.organization.id,
      ]),
    ).toEqual([]);
  });

  it(`IN03 uses the invitation once if it is approved and accepted at the same moment, in each of ${runs} runs`, async () => {
    const world = await assemble(application);
    for (let run = 0; run < runs; run += 1) {
      const { email, invitation, other, request } = await askWithOther(world);
      await application.query(
        "update invitations set created_at = created_at - interval '2 minutes' where id = $1",
        [invitation.id],
      );
      const invited = await arriveWith(application, { email });
      const [approved, accepted] = await Promise.all([
        approve(world, request),
        answerBy(invited, invitation.token),
      ]);
      const joined = [await world.readRole(other), await world.readRole(invited)];
      expect([
        ["done", 410, "member", null],
        ["join_request.void", 303, null, "member"],
      ]).toContainEqual([approved, accepted.status, ...joined]);
    }
  });
});
