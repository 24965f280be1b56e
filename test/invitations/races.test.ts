import { describe, expect, it } from "vitest";

import { acceptInvitation, declineInvitation } from "../../src/invitations/acceptance.ts";
import { revokeInvitation } from "../../src/invitations/invite.ts";
import { actorIn, attempt } from "../support/acting.ts";
import { useApplication } from "../support/application.ts";
import { repetitions } from "../support/endurance.ts";
import { arriveWith, assemble, guestAt, inventEmail, type World } from "./world.ts";

const application = useApplication();
const runs = repetitions(60);

/** A person with an invitation. */
async function invitePerson(world: World) {
  const email = inventEmail();
  const invitation = await world.invite(email);
  await invitation.letAge();
  const ada = await arriveWith(application, { email });
  const accept = () =>
    acceptInvitation(application.database, guestAt(world.organization, ada), invitation.id);
  return { ada, invitation, accept };
}

// As many at once as there are connections: more would only wait for one.
const atOnce = 5;

describe("invitations at the same moment", () => {
  it(`IN02 make one membership each, in each of ${runs} runs`, async () => {
    const world = await assemble(application);
    for (let run = 0; run < runs; run += 1) {
      const { accept } = await invitePerson(world);
      const slugs = await Promise.all(Array.from({ length: atOnce }, accept));
      expect(slugs).toEqual(slugs.map(() => world.organization.slug));
    }
    const joined = await world.readEvents("member.joined");
    expect(joined).toHaveLength(runs);
    expect(new Set(joined.map(({ actorId }) => actorId)).size).toBe(runs);
  });

  it("IN03 are accepted or withdrawn, exactly one of the two in each run", async () => {
    const world = await assemble(application);
    const owner = actorIn(world.people.owner.person, world.organization);
    const outcomes = new Set<string>();
    for (let run = 0; run < runs || (outcomes.size < 2 && run < 200); run += 1) {
      const { ada, invitation, accept } = await invitePerson(world);
      const acts = [accept, () => revokeInvitation(application.database, owner, invitation)];
      // The first call often wins, so they take turns.
      if (run % 2 === 1) acts.reverse();
      const came = await Promise.all(acts.map((act) => attempt(act())));
      if (run % 2 === 1) came.reverse();
      const role = await world.readRole(ada);
      outcomes.add([...came, await invitation.readStatus(), role].join(", "));
    }
    expect([...outcomes].toSorted()).toEqual([
      "done, invitation.closed, accepted, member",
      "invitation.gone, done, revoked, ",
    ]);
  });

  it(`are accepted or declined, exactly one of the two, in each of ${runs} runs`, async () => {
    const world = await assemble(application);
    for (let run = 0; run < runs; run += 1) {
      const { ada, invitation, accept } = await invitePerson(world);
      const guest = guestAt(world.organization, ada);
      const decline = () => declineInvitation(application.database, guest, invitation.id);
      const came = await Promise.all([attempt(accept()), attempt(decline())]);
      const role = await world.readRole(ada);
      // Declining an accepted invitation changes nothing, and is no error.
      expect(["done, done, accepted, member", "invitation.gone, done, declined, "]).toContain(
        [...came, await invitation.readStatus(), role].join(", "),
      );
    }
  });

  it(`IN02 admit as many people by a link as it has uses, in each of ${runs} runs`, async () => {
    const world = await assemble(application);
    const guests = await Promise.all(Array.from({ length: atOnce }, () => arriveWith(application)));
    for (let run = 0; run < runs; run += 1) {
      // As if these were days: nobody makes so many links, or comes so often, in one.
      await application.query("delete from limit_counters");
      const link = await world.link({ maxUses: 2 });
      await link.letAge();
      const came = await Promise.all(
        guests.map((guest) =>
          attempt(
            acceptInvitation(application.database, guestAt(world.organization, guest), link.id),
          ),
        ),
      );
      expect(came.toSorted()).toEqual(["done", "done", ...Array(3).fill("invitation.gone")]);
      expect(await link.readStatus()).toBe("accepted");
      const left = await application.query(
        "delete from memberships where user_id = any ($1) returning user_id",
        [guests.map(({ person }) => person.id)],
      );
      expect(left).toHaveLength(2);
    }
  });
});
