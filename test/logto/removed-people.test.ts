import { describe, expect, it } from "vitest";

import { removeMember } from "../../src/memberships/member.ts";
import { actorIn } from "../support/acting.ts";
import { followClaimsOf } from "./claims.ts";
import { useLogto } from "./logto-world.ts";

const world = useLogto();
const { application, console: logtoConsole, provider } = world;

/** An organization and its twin, and somebody who has been removed from both. */
async function remove() {
  const person = await world.createPerson();
  const pair = await world.createPair({ member: person });
  const actor = actorIn(pair.owner, pair.organization);
  await removeMember(application.database, actor, { userId: person.id });
  await world.settle();
  return { person, ...pair };
}

async function arrive(): Promise<void> {
  await provider.logto.webhooks.settled();
  await world.settle();
}

describe("somebody who was removed here, and is a member at Logto again", () => {
  it("is not let in where only their own sign-in tells of it, and Logto is set right", async () => {
    const { person, organization, logtoId } = await remove();
    provider.logto.webhooks.lose();
    await logtoConsole.addMember(logtoId, person, "admin");
    await followClaimsOf(application.database, person, { [logtoId]: "admin" });
    await world.settle();
    provider.logto.webhooks.behave();
    expect(await world.readMembers(organization)).not.toHaveProperty(person.subject);
    expect(await world.readTwinMembers(logtoId)).not.toHaveProperty(person.subject);
    const [event] = (await world.readNobodysEvents(organization)).slice(-1);
    expect(event).toEqual({
      action: "logto.change_reverted",
      targetId: person.id,
      details: { reason: "membership.decided_since" },
    });
    expect(await world.countOpen()).toBe(0);
  });
});

describe("somebody who was removed here, and whom an admin of Logto adds again", () => {
  it("is let in, as the webhook tells, and keeps that when they sign in at the same moment", async () => {
    const { person, organization, logtoId } = await remove();
    await logtoConsole.addMember(logtoId, person, "admin");
    await provider.logto.webhooks.settled();
    await followClaimsOf(application.database, person, { [logtoId]: "admin" });
    await arrive();
    await arrive();
    expect(await world.readMembers(organization)).toHaveProperty(person.subject, "admin");
    expect(await world.readTwinMembers(logtoId)).toHaveProperty(person.subject, "admin");
  });
});
