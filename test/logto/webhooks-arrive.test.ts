import { describe, expect, it } from "vitest";

import { isSignedIn } from "./webhook-world.ts";
import { useLogto } from "./logto-world.ts";

const world = useLogto();
const { application, console: logtoConsole, provider } = world;

/** What Logto has to tell arrives, and is worked off. */
async function arrive(): Promise<void> {
  await provider.logto.webhooks.settled();
  await application.deliverMail();
}

const suspend = (subject: string, isSuspended: boolean) =>
  provider.manage("PATCH", `/users/${subject}/is-suspended`, { isSuspended });

describe("webhooks as Logto sends them", () => {
  it("SI28 sign somebody out who is suspended there, within five seconds", async () => {
    const person = await world.createPerson();
    const session = await application.createSessionCookie(person);
    expect(await isSignedIn(application, session)).toBe(true);
    const started = performance.now();
    await suspend(person.subject, true);
    await arrive();
    expect(await isSignedIn(application, session)).toBe(false);
    expect(performance.now() - started).toBeLessThan(5_000);
    await suspend(person.subject, false);
    await arrive();
    expect(await isSignedIn(application, await application.createSessionCookie(person))).toBe(true);
  });

  it("let somebody in whom an operator added in the Console, before they ever signed in", async () => {
    const { organization, logtoId } = await world.createPair();
    const newcomer = await world.createAccount("Newcomer");
    await logtoConsole.addMember(logtoId, newcomer, "member");
    await arrive();
    await arrive();
    expect(await world.readMembers(organization)).toMatchObject({ [newcomer.subject]: "member" });
    const [{ name } = { name: null }] = await application.query<{ name: string | null }>(
      "select name from users where subject = $1",
      [newcomer.subject],
    );
    expect(name).toBe("Newcomer");
  });

  it("WH12 that echo what we did come to rest: nothing is told, and nothing is left to do", async () => {
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
    await arrive();
    await arrive();
    const sent = count();
    expect(sent).toBeGreaterThan(3);
    for (let round = 0; round < 3; round += 1) await arrive();
    expect(count()).toBe(sent);
    expect(await world.countOpen()).toBe(0);
    expect(await world.readTwinMembers(logtoId)).toEqual(await world.readMembers(organization));
    const waiting = await application.query(
      "select from graphile_worker.jobs where task_identifier like 'logto.%' and run_at <= now()",
    );
    expect(waiting).toEqual([]);
  });
});
