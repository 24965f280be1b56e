import { expect, it } from "vitest";

import { acceptInvitation } from "../../src/invitations/acceptance.ts";
import { removeMember } from "../../src/memberships/member.ts";
import { actorIn } from "../support/acting.ts";
import { useApplication } from "../support/application.ts";
import { openJoiningPage } from "../support/joining-page.ts";
import { arriveWith, assemble, guestAt } from "./world.ts";

const application = useApplication();

it("the page of all ways to join shows the open links, with their limits and uses, and turns one off", async () => {
  const world = await assemble(application);
  const { organization, people } = world;
  const link = await world.link({
    maxUses: 3,
    role: "viewer",
    domains: ["a.example", "b.example"],
  });
  const open = await world.link();
  const usedUp = await world.link({ maxUses: 1 });
  await (await world.link()).letPass("8 days");
  await world.invite("ada@example.com");
  for (const { id } of [open, usedUp]) {
    const guest = guestAt(organization, await arriveWith(application));
    await acceptInvitation(application.database, guest, id);
  }
  const { cards, close } = await openJoiningPage(people.admin.agent, organization);
  const shown = cards["Invite links"] ?? "";
  expect(shown.match(/Opened by/g)).toHaveLength(2);
  expect(shown).toMatch(
    /Anyone with the link and an address at a\.example or b\.example Viewer Used 0 of 3 times\. Opened by .* on \w+ \d+, \d+ · expires on/,
  );
  expect(shown).toMatch(
    /Anyone with the link Member Used once\. Opened by .* · last used on .* · expires on/,
  );
  const left = await close(link.id);
  expect(left).not.toContain("a.example");
  expect(await link.readStatus()).toBe("revoked");
});

it("a link of a person who may no longer invite is not open", async () => {
  const world = await assemble(application);
  const { organization, people } = world;
  await world.link({ by: people.admin });
  const owner = actorIn(people.owner.person, organization);
  await removeMember(application.database, owner, { userId: people.admin.person.id });
  const { cards } = await openJoiningPage(people.owner.agent, organization);
  expect(cards["Invite links"]).toContain("Nobody can join this way now.");
});
