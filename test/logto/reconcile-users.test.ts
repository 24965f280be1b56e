import { describe, expect, it } from "vitest";

import { reconcileUsers } from "../../src/logto/sync/reconcile-users.ts";
import { isSignedIn, poison, useWebhooks } from "./webhook-world.ts";

const world = useWebhooks();
const { application, provider } = world;

const reconcile = () => reconcileUsers(world.context);
const look = () => reconcileUsers(world.context, { isDryRun: true });

const readUsers = () => application.query("select * from users order by id");

describe("reconcileUsers()", () => {
  it("SI28 WH10 finds and mends what no webhook told, and then finds nothing", async () => {
    const same = await world.createKnown({ name: "Same", primaryEmail: "same@x.example" });
    const renamed = await world.createKnown({ name: "Before" });
    const moved = await world.createKnown({ primaryEmail: "before@x.example" });
    const linked = await world.createKnown();
    const suspended = await world.createKnown();
    const back = await world.createKnown();
    const gone = await world.createKnown({ name: "Gone" });
    const stranger = await world.createAtLogto({ name: "Never Here" });
    await world.suspendAtLogto(back.subject);
    expect(await reconcile()).toMatchObject([{ userId: back.id, difference: "suspended" }]);
    const sessions = [
      await application.createSessionCookie(suspended),
      await application.createSessionCookie(gone),
    ];
    const kept = await application.createSessionCookie(same);

    await world.changeAtLogto(renamed.subject, { name: "After" });
    await world.changeAtLogto(moved.subject, { primaryEmail: "after@x.example" });
    await world.linkAtLogto(linked.subject, "github", { userId: "gh-1" });
    await world.suspendAtLogto(suspended.subject);
    await world.suspendAtLogto(back.subject, false);
    await world.deleteAtLogto(gone.subject);
    const expected = [
      { userId: renamed.id, subject: renamed.subject, difference: "profile" },
      { userId: moved.id, subject: moved.subject, difference: "profile" },
      { userId: linked.id, subject: linked.subject, difference: "profile" },
      { userId: suspended.id, subject: suspended.subject, difference: "suspended" },
      { userId: back.id, subject: back.subject, difference: "reactivated" },
      { userId: gone.id, subject: gone.subject, difference: "deleted" },
    ];

    const before = await readUsers();
    expect(await look()).toMatchObject(expected);
    expect(await readUsers()).toEqual(before);
    for (const session of sessions) expect(await isSignedIn(application, session)).toBe(true);

    expect(await reconcile()).toMatchObject(expected);
    for (const session of sessions) expect(await isSignedIn(application, session)).toBe(false);
    expect(await isSignedIn(application, kept)).toBe(true);
    expect(await world.readUser(renamed.id)).toMatchObject({ name: "After" });
    expect(await world.readUser(moved.id)).toMatchObject({ proven_email: "after@x.example" });
    expect(await application.query("select from users where subject = $1", [stranger])).toEqual([]);

    expect(await look()).toEqual([]);
    expect(await reconcile()).toEqual([]);
  });

  it("reads Logto's users to the last page", async () => {
    for (let count = 0; count < 105; count += 1) await world.createKnown();
    const [{ oldest } = { oldest: "" }] = await provider.query<{ oldest: string }>(
      "select id as oldest from users order by created_at limit 1",
    );
    await world.changeAtLogto(oldest, { name: "On the last page" });
    expect(await reconcile()).toMatchObject([{ subject: oldest, difference: "profile" }]);
  });

  it("leaves machines, users of another issuer and deleted accounts alone", async () => {
    const [foreign, deleted] = [await world.createKnown(), await world.createKnown()];
    await application.query("update users set issuer = 'https://x.example' where id = $1", [
      foreign.id,
    ]);
    await application.query("update users set deleted_at = now() where id = $1", [deleted.id]);
    for (const { subject } of [foreign, deleted]) await world.deleteAtLogto(subject);
    await application.query(
      "insert into users (id, issuer, subject, is_machine) values (gen_random_uuid(), $1, 'robot', true)",
      [world.api.issuer],
    );
    const before = await readUsers();
    expect(await reconcile()).toEqual([]);
    expect(await readUsers()).toEqual(before);
  });

  it("continues with the others if one user cannot be changed, and logs that", async () => {
    const people = [await world.createKnown(), await world.createKnown()] as const;
    for (const { subject } of people) await world.changeAtLogto(subject, { name: "After" });
    const cure = await poison(application, people[0]);
    try {
      await reconcile();
    } finally {
      await cure();
    }
    expect(await world.readUser(people[1].id)).toMatchObject({ name: "After" });
    expect(world.logged()).toMatch(
      new RegExp(`"level":40.*${people[0].id}.*could not be compared`),
    );
    expect(await reconcile()).toMatchObject([{ userId: people[0].id }]);
  });

  it("throws while Logto is away, and changes nothing", async () => {
    const person = await world.createKnown({ name: "Stays" });
    await provider.stop();
    try {
      await expect(reconcile()).rejects.toMatchObject({ kind: "unavailable" });
    } finally {
      await provider.startAgain();
    }
    expect(await world.readUser(person.id)).toMatchObject({ name: "Stays", deleted_at: null });
  });
});

describe("reconcileUsers() with what looks like another Logto", () => {
  const other = useWebhooks();

  it("deletes nobody if most of ours are missing, and logs that; it deletes if half of them are", async () => {
    const people = [];
    for (let count = 0; count < 4; count += 1) people.push(await other.createKnown());
    const read = () => other.application.query("select * from users order by id");
    const before = await read();
    for (const [count, { subject }] of people.entries()) {
      await other.deleteAtLogto(subject);
      // Half of them may be gone.
      if (count < 2) continue;
      expect(await reconcileUsers(other.context)).toEqual([]);
      expect(await read()).toEqual(before);
    }
    expect(other.logged()).toMatch(/"level":50.*"users":4,"missing":4.*another Logto/);

    await other.application.query("update users set deleted_at = now()");
    const [gone] = [await other.createKnown(), await other.createKnown()];
    await other.deleteAtLogto(gone.subject);
    expect(await reconcileUsers(other.context)).toMatchObject([{ difference: "deleted" }]);
  });
});
