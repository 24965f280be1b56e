import { describe, expect, it } from "vitest";

import type { ManagementApi } from "../../src/logto/client/management-api.ts";
import { pullUser } from "../../src/logto/sync/pull-user.ts";
import type { Role } from "../../src/access/roles.ts";
import { createSession } from "../../src/sessions/sessions.ts";
import recorded from "../fixtures/logto/hugging-face.json" with { type: "json" };
import { tryDeletion } from "../account/deletion-world.ts";
import { Browser } from "../support/browser.ts";
import { repetitions } from "../support/endurance.ts";
import { markDeleted, readEvents, readMembers } from "../support/world.ts";
import { aroundCalls } from "./around-calls.ts";
import { isSignedIn, type Known, useWebhooks } from "./webhook-world.ts";

const world = useWebhooks();
const { application, provider } = world;
const runs = repetitions(50);

const pull = ({ subject }: Pick<Known, "subject">) => pullUser(world.context, subject);

/** The real API; something happens once between Logto's answer and its arrival. */
function interruptOnce(work: () => Promise<unknown>): ManagementApi {
  let isDone = false;
  return aroundCalls(world.api, async (call) => {
    const answer = await call();
    if (!isDone) {
      isDone = true;
      await work();
    }
    return answer;
  });
}

async function signIn(person: Known) {
  const session = await application.createSessionCookie(person);
  expect(await isSignedIn(application, session)).toBe(true);
  return session;
}

async function joinOther(person: Known, role: Role) {
  const owner = await world.createKnown();
  const organization = await application.createOrganization(owner);
  await application.addMember(organization, person, role);
  return organization;
}

const listEvents = (organization: { id: string }) => readEvents(application, organization);
const listMembers = async (organization: { id: string }) => [
  ...(await readMembers(application, organization)).keys(),
];
const listRevocations = ({ id }: { id: string }) =>
  application.query<{ reason: string | null }>(
    "select revoke_reason as reason from sessions where user_id = $1",
    [id],
  );

describe("pullUser()", () => {
  it("mirrors name, username, address and picture, also a second time", async () => {
    const primaryEmail = `ada.${Date.now()}@Example.com`;
    const person = await world.createKnown({ name: "Ada", primaryEmail });
    expect(await world.readUser(person.id)).toMatchObject({
      name: "Ada",
      username: expect.stringMatching(/^u/),
      email: primaryEmail,
      email_verified: true,
      proven_email: primaryEmail.toLowerCase(),
    });
    const avatar = "https://img.example/ada.png";
    await world.changeAtLogto(person.subject, { name: "Ada L.", primaryEmail: null, avatar });
    for (let round = 0; round < 2; round += 1) {
      expect(await pull(person)).toBe(person.id);
      expect(await world.readUser(person.id)).toMatchObject({
        name: "Ada L.",
        email: null,
        email_verified: false,
        proven_email: null,
        avatar_url: avatar,
      });
    }
  });

  it("finds the user of a sign-in, and changes nothing after one", async () => {
    const account = await provider.createAccount("Signed In");
    const browser = new Browser();
    const page = await browser.open(`${application.baseUrl}/sign-in?returnTo=/account`);
    const { username: identifier, password } = account;
    expect((await browser.submit(page, { identifier, password })).status).toBe(200);
    const find = () =>
      application.query<{ id: string; subject: string }>(
        "select id, issuer, subject, name, username, email, avatar_url from users where username = $1",
        [identifier],
      );
    const [before] = await find();
    if (!before) throw new Error("Nobody was mirrored.");
    expect(await pull(before)).toBe(before.id);
    expect(await find()).toEqual([before]);
  });

  it("SI31 verifies an address of Hugging Face only if Hugging Face does, although Logto always does", async () => {
    for (const [name, isVouchedFor] of [
      ["grace", false],
      ["ada", true],
    ] as const) {
      const user = recorded.entries
        .map(({ userRecord }) => userRecord)
        .find(
          (record) => record?.identities.huggingface.details.rawData.preferred_username === name,
        );
      if (!user) throw new Error(`Nobody called ${name} was recorded.`);
      const person = await world.createKnown({ primaryEmail: user.primaryEmail ?? "" });
      await provider.query("update users set identities = $2 where id = $1", [
        person.subject,
        JSON.stringify(user.identities),
      ]);
      await pull(person);
      expect(await world.readUser(person.id)).toMatchObject({
        email: user.primaryEmail,
        email_verified: isVouchedFor,
      });
      const linked = await application.query(
        "select provider, handle, email_verified as verified from identities where user_id = $1",
        [person.id],
      );
      expect(linked).toEqual([{ provider: "huggingface", handle: name, verified: isVouchedFor }]);
    }
  });

  it("forgets an account that is no longer linked", async () => {
    const person = await world.createKnown();
    const linked = () =>
      application.query("select subject from identities where user_id = $1", [person.id]);
    await world.linkAtLogto(person.subject, "github", { userId: `gh-${person.id}` });
    await pull(person);
    expect(await linked()).toEqual([{ subject: `gh-${person.id}` }]);
    await provider.query("update users set identities = '{}' where id = $1", [person.subject]);
    await pull(person);
    expect(await linked()).toEqual([]);
  });

  it("creates no user for someone who is not at Logto", async () => {
    const before = await application.query("select id from users order by id");
    expect(await pull({ subject: "nobody000000" })).toBeNull();
    expect(await application.query("select id from users order by id")).toEqual(before);
  });

  it("leaves a user of another issuer alone, even with the same subject", async () => {
    const person = await world.createKnown({ name: "Ours" });
    await application.query(
      "update users set issuer = 'https://other.example/oidc' where id = $1",
      [person.id],
    );
    await world.changeAtLogto(person.subject, { name: "Changed" });
    const id = await pull(person);
    expect(id).not.toBe(person.id);
    await world.deleteAtLogto(person.subject);
    await pull(person);
    expect(await world.readUser(person.id)).toMatchObject({ name: "Ours", deleted_at: null });
    expect(await world.readUser(id ?? "")).toMatchObject({ name: null });
  });

  it("asks again if the user changed while Logto was asked: an old answer undoes nothing newer", async () => {
    const person = await world.createKnown({ name: "Oldest" });
    await world.changeAtLogto(person.subject, { name: "Old" });
    const logto = interruptOnce(async () => {
      await world.changeAtLogto(person.subject, { name: "New" });
      await world.suspendAtLogto(person.subject);
      await pull(person);
    });
    expect(await pullUser({ ...world.context, logto }, person.subject)).toBe(person.id);
    const user = await world.readUser(person.id);
    expect(user).toMatchObject({ name: "New" });
    expect(user?.suspended_at).not.toBeNull();
  });

  it(`creates one user if five processes pull them at once, ${runs} runs`, async () => {
    for (let run = 0; run < runs; run += 1) {
      const subject = await world.createAtLogto();
      const ids = await Promise.all(Array.from({ length: 5 }, () => pull({ subject })));
      expect(new Set(ids).size).toBe(1);
    }
  });
});

describe("a user who is suspended at Logto", () => {
  it("SI28 is signed out everywhere, stays a member, and signs in again once reactivated; old sessions stay revoked", async () => {
    const person = await world.createKnown();
    const sessions = [await signIn(person), await signIn(person)];
    const other = await signIn(await world.createKnown());
    const organization = await joinOther(person, "admin");
    await world.suspendAtLogto(person.subject);
    await pull(person);
    // A session that begins at that moment opens nothing either.
    const late = await application.createSessionCookie(person);
    for (const session of [...sessions, late]) {
      expect(await isSignedIn(application, session)).toBe(false);
    }
    expect(await isSignedIn(application, other)).toBe(true);
    expect(await listRevocations(person)).toEqual([
      { reason: "suspended" },
      { reason: "suspended" },
      { reason: null },
    ]);
    expect(await listMembers(organization)).toContain(person.id);
    expect(await listEvents(organization)).toEqual([]);

    await world.suspendAtLogto(person.subject, false);
    await pull(person);
    expect(await world.readUser(person.id)).toMatchObject({ suspended_at: null });
    for (const session of sessions) expect(await isSignedIn(application, session)).toBe(false);
    await signIn(person);
  });

  it(`SI28 keeps no session, whether a sign-in or the suspension commits first, ${runs} runs`, async () => {
    for (let run = 0; run < runs; run += 1) {
      const person = await world.createKnown();
      await world.suspendAtLogto(person.subject);
      const client = { idpSid: null, userAgent: "test", ip: "127.0.0.1" };
      await Promise.all([
        pull(person),
        application.database.unscoped.$transaction(async (tx) => {
          await tx.user.update({ where: { id: person.id }, data: { name: "Signing In" } });
          await createSession(tx, { userId: person.id, ...client });
        }),
      ]);
      const [{ live } = { live: null }] = await application.query<{ live: number | null }>(
        `select count(*)::integer as live from sessions s, authenticate_session(s.id_hash, 86400, 86400, null, false, false)
          where s.user_id = $1`,
        [person.id],
      );
      expect(live).toBe(0);
    }
  });
});

describe("a user who is deleted at Logto", () => {
  it("SI28 PR01 is signed out, leaves every organization, and no personal data stays", async () => {
    const person = await world.createKnown({ name: "Leaver", primaryEmail: "leaver@x.example" });
    const places = [await joinOther(person, "viewer"), await joinOther(person, "owner")];
    const session = await signIn(person);
    await world.deleteAtLogto(person.subject);
    for (let round = 0; round < 2; round += 1) expect(await pull(person)).toBeNull();
    expect(await isSignedIn(application, session)).toBe(false);
    expect(await listRevocations(person)).toEqual([]);
    const user = await world.readUser(person.id);
    expect(user).toMatchObject({ name: null, username: null, email: null, proven_email: null });
    expect(user?.deleted_at).not.toBeNull();
    for (const organization of places) {
      expect(await listMembers(organization)).not.toContain(person.id);
      const details = { via: "logto" };
      expect(await listEvents(organization)).toEqual([
        { action: "account.deleted", actorId: null, targetId: person.id, details },
      ]);
    }
    // The user is gone at Logto already.
    expect(await world.listJobs("logto.delete_user")).toEqual([]);
  });

  it("RB15 stays the owner of what only they own, without access; an alert tells of it, unless it is deleted", async () => {
    const person = await world.createKnown({ name: "Last Owner" });
    const own = await application.createOrganization(person);
    await application.addMember(own, await world.createKnown(), "admin");
    const deleted = await application.createOrganization(person);
    await markDeleted(application, deleted);
    const other = await joinOther(person, "admin");
    const session = await signIn(person);
    await world.deleteAtLogto(person.subject);
    for (let round = 0; round < 3; round += 1) await pull(person);

    expect(await isSignedIn(application, session)).toBe(false);
    const user = await world.readUser(person.id);
    expect(user).toMatchObject({ deleted_at: null, name: "Last Owner" });
    expect(user?.suspended_at).not.toBeNull();
    expect(await listMembers(own)).toContain(person.id);
    expect(await listMembers(other)).not.toContain(person.id);
    expect(await listEvents(own)).toEqual([
      {
        action: "organization.owner_missing",
        actorId: null,
        targetId: person.id,
        details: { via: "logto" },
      },
    ]);
    const alerts = world
      .logged()
      .split("\n")
      .filter((line) => line.includes(own.id));
    expect(alerts).toHaveLength(1);
    expect(alerts[0]).toMatch(/"level":50.*no owner any more/);
    expect(await listMembers(deleted)).toEqual([person.id]);
    expect(await listEvents(deleted)).toEqual([]);
  });

  it(`leaves an organization that has another owner, whichever of two is deleted first, ${runs} runs`, async () => {
    for (let run = 0; run < runs; run += 1) {
      const people = [await world.createKnown(), await world.createKnown()] as const;
      const organization = await application.createOrganization(people[0]);
      await application.addMember(organization, people[1], "owner");
      for (const { subject } of people) await world.deleteAtLogto(subject);
      await Promise.all(people.map(pull));
      expect(await listMembers(organization)).toHaveLength(1);
      const actions = (await listEvents(organization)).map(({ action }) => action);
      expect(actions.toSorted()).toEqual(["account.deleted", "organization.owner_missing"]);
    }
  });
});

describe("a user who has deleted their account", () => {
  it("PR02 is not created again by a late webhook, whatever Logto still knows", async () => {
    const person = await world.createKnown({ name: "Gone" });
    expect(await tryDeletion(application, person)).toBe("done");
    const before = await world.readUser(person.id);
    expect(before).toMatchObject({ name: null });
    expect(await pull(person)).toBeNull();
    expect(await world.readUser(person.id)).toEqual(before);
  });

  it.each<[string, (person: Known) => Promise<unknown>]>([
    [
      "an answer that Logto gave before",
      (person) => {
        const logto = interruptOnce(() => tryDeletion(application, person));
        return pullUser({ ...world.context, logto }, person.subject);
      },
    ],
    [
      "a webhook at that moment",
      (person) => Promise.all([pull(person), tryDeletion(application, person)]),
    ],
  ])(`PR02 is not created again by %s, ${runs} runs`, async (_what, race) => {
    for (let run = 0; run < runs; run += 1) {
      const person = await world.createKnown({ name: "Going" });
      await race(person);
      const user = await world.readUser(person.id);
      expect(user).toMatchObject({ name: null, username: null, deleted_at: expect.any(Date) });
    }
  });
});

describe("a machine-to-machine application", () => {
  const read = (id: string | null) =>
    application.query("select name, is_machine, deleted_at from users where id = $1", [id]);

  it("is mirrored with its name, as a machine, and is deleted like a user", async () => {
    const subject = await world.createMachineAtLogto("Robot");
    const id = await pullUser(world.context, subject, { isMachine: true });
    expect(await read(id)).toEqual([{ name: "Robot", is_machine: true, deleted_at: null }]);
    // It stays a machine.
    expect(await pull({ subject })).toBe(id);
    expect(await read(id)).toEqual([{ name: "Robot", is_machine: true, deleted_at: null }]);
    await world.deleteMachineAtLogto(subject);
    expect(await pull({ subject })).toBeNull();
    expect(await read(id)).toEqual([
      { name: null, is_machine: true, deleted_at: expect.any(Date) },
    ]);
  });

  it("is not found as a person", async () => {
    const subject = await world.createMachineAtLogto("Robot");
    expect(await pull({ subject })).toBeNull();
    expect(await application.query("select from users where subject = $1", [subject])).toEqual([]);
  });
});
