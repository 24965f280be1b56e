import { describe, expect, it } from "vitest";

import { removeMember } from "../../src/memberships/member.ts";
import { actorIn } from "../support/acting.ts";
import { followClaimsOf } from "./claims.ts";
import { isSignedIn } from "./webhook-world.ts";
import { useLogto } from "./logto-world.ts";

const world = useLogto();
const { application, console: logtoConsole, provider } = world;

const suspend = (subject: string, isSuspended: boolean) =>
  provider.manage("PATCH", `/users/${subject}/is-suspended`, { isSuspended });

describe("webhooks as Logto sends them", () => {
  it("SI28 sign a user out who is suspended there, within five seconds", async () => {
    const person = await world.createPerson();
    const session = await application.createSessionCookie(person);
    expect(await isSignedIn(application, session)).toBe(true);
    const started = performance.now();
    await suspend(person.subject, true);
    await world.hear();
    expect(await isSignedIn(application, session)).toBe(false);
    expect(performance.now() - started).toBeLessThan(5_000);
    await suspend(person.subject, false);
    await world.hear();
    expect(await isSignedIn(application, await application.createSessionCookie(person))).toBe(true);
  });

  it("WH12 that echo our own changes come to rest", async () => {
    const { organization, logtoId } = await world.createPair();
    for (const role of ["viewer", "admin"] as const) {
      await application.addMember(organization, await world.createPerson(), role);
    }
    await application.query("update organizations set name = 'Renamed' where id = $1", [
      organization.id,
    ]);
    const { webhooks } = provider.logto;
    const count = () => webhooks.deliveries.length;
    // Ours are told to Logto, which tells us of them, and we look.
    await world.hear();
    await world.hear();
    const sent = count();
    expect(sent).toBeGreaterThan(3);
    for (let round = 0; round < 3; round += 1) await world.hear();
    expect(count()).toBe(sent);
    expect(await world.countOpen()).toBe(0);
    expect(await world.readMembersAtLogto(logtoId)).toEqual(await world.readMembers(organization));
    const waiting = await application.query(
      "select from graphile_worker.jobs where task_identifier like 'logto.%' and run_at <= now()",
    );
    expect(waiting).toEqual([]);
  });
});

/** Creates a linked organization, and a person who was removed from it on both sides. */
async function remove() {
  const person = await world.createPerson();
  const pair = await world.createPair({ member: person });
  const actor = actorIn(pair.owner, pair.organization);
  await removeMember(application.database, actor, { userId: person.id });
  await world.settle();
  // The webhook about the removal is one that no sign-in caused.
  await world.hear();
  return { person, ...pair };
}

describe("a member who was removed here, and is a member at Logto again", () => {
  it("is not readmitted if only their own sign-in tells of it, and Logto is corrected", async () => {
    const { person, organization, logtoId } = await remove();
    provider.logto.webhooks.lose();
    await logtoConsole.addMember(logtoId, person, "admin");
    await followClaimsOf(application.database, person, { [logtoId]: "admin" });
    await world.settle();
    provider.logto.webhooks.behave();
    expect(await world.readMembers(organization)).not.toHaveProperty(person.subject);
    expect(await world.readMembersAtLogto(logtoId)).not.toHaveProperty(person.subject);
    const [event] = (await world.readNobodysEvents(organization)).slice(-1);
    expect(event).toEqual({
      action: "logto.change_reverted",
      targetId: person.id,
      details: { reason: "membership.decided_since" },
    });
    expect(await world.countOpen()).toBe(0);
  });

  it("is readmitted if an admin of Logto added them, which the webhook tells, also if they sign in at the same moment", async () => {
    const { person, organization, logtoId } = await remove();
    await logtoConsole.addMember(logtoId, person, "admin");
    await provider.logto.webhooks.settled();
    await followClaimsOf(application.database, person, { [logtoId]: "admin" });
    await world.hear();
    await world.hear();
    expect(await world.readMembers(organization)).toHaveProperty(person.subject, "admin");
    expect(await world.readMembersAtLogto(logtoId)).toHaveProperty(person.subject, "admin");
  });
});
