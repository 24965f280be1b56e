import { describe, expect, it } from "vitest";

import type { Transaction } from "../../src/database/database.ts";
import { mirrorUser } from "../../src/identity/users.ts";
import { changeRole, leaveOrganization, removeMember } from "../../src/memberships/member.ts";
import { transferOwnership } from "../../src/memberships/ownership.ts";
import { createSession } from "../../src/sessions/sessions.ts";
import { actorIn, attempt } from "../support/acting.ts";
import { useApplication } from "../support/application.ts";
import { repetitions } from "../support/endurance.ts";
import { readActions, readMembers, readMembersOf, tryDeletion } from "./deletion-world.ts";
import { countOwners, createRaceWorlds } from "./race-world.ts";

const application = useApplication();

const runs = repetitions(50, 6);
const manyRuns = repetitions(200);

const organizations = repetitions(20);
const rounds = repetitions(50, 2);

const createWorlds = (count = runs) => createRaceWorlds(application, count);

describe("two owners who delete their accounts at once", () => {
  it(`RB05 leave no organization without an owner, ${manyRuns} runs`, async () => {
    const worlds = await createWorlds(manyRuns);
    for (const { first, second } of worlds) {
      const results = await Promise.all(
        [first, second].map((each) => tryDeletion(application, each)),
      );
      expect(results.toSorted()).toEqual(["account.last_owner", "done"]);
    }
    const members = await readMembers(
      application,
      worlds.map(({ organization }) => organization),
    );
    for (const { organization } of worlds) {
      expect(countOwners(members.get(organization.id))).toBe(1);
      expect(await readActions(application, organization)).toEqual(["account.deleted"]);
    }
  });

  it(`RB05 both succeed where both choose to delete it: then it is gone, ${runs} runs`, async () => {
    const worlds = await createWorlds();
    for (const { first, second, organization } of worlds) {
      const results = await Promise.all(
        [first, second].map((each) => tryDeletion(application, each, [[organization, "delete"]])),
      );
      expect(results).toEqual(["done", "done"]);
    }
    const left = await readMembers(
      application,
      worlds.map(({ organization }) => organization),
    );
    expect(left.size).toBe(0);
  });

  it(`RB05 hand it over to a person who is still there, or keep it, ${runs} runs`, async () => {
    for (const { first, second, member, organization } of await createWorlds()) {
      const results = await Promise.all([
        tryDeletion(application, first, [[organization, { successorId: member.id }]]),
        tryDeletion(application, second, [[organization, { successorId: first.id }]]),
        tryDeletion(application, member),
      ]);
      const members = await readMembersOf(application, organization);
      expect(countOwners(members), results.join()).toBeGreaterThan(0);
      const gone = [first, second, member].filter((_person, index) => results[index] === "done");
      for (const { id } of gone) expect(members).not.toHaveProperty(id);
      for (const result of results) expect(["done", "account.last_owner"]).toContain(result);
    }
  });

  it(`do not deadlock in ${organizations} organizations, ${rounds} runs`, async () => {
    const worlds = await createWorlds(organizations);
    const everywhere = worlds.map(({ organization }) => organization);
    for (let run = 0; run < rounds; run += 1) {
      const [person, other] = [await application.createPerson(), await application.createPerson()];
      // Code that does not sort finds them in opposite orders.
      for (const organization of everywhere) {
        await application.addMember(organization, person, "admin");
      }
      for (const organization of everywhere.toReversed()) {
        await application.addMember(organization, other, "admin");
      }
      const results = await Promise.all(
        [person, other].map((each) => tryDeletion(application, each)),
      );
      expect(results).toEqual(["done", "done"]);
    }
  });
});

describe("an account that is deleted while", () => {
  it(`an owner hands over, demotes, removes or leaves: there is an owner, ${runs} runs`, async () => {
    const { database } = application;
    for (const [run, { first, second, member, organization }] of (await createWorlds()).entries()) {
      const asFirst = actorIn(first, organization);
      const acts = [
        () => transferOwnership(database, asFirst, { userId: second.id }),
        () => changeRole(database, asFirst, { userId: second.id, role: "viewer" }),
        () => removeMember(database, asFirst, { userId: second.id }),
        () => leaveOrganization(database, asFirst),
        () => changeRole(database, asFirst, { userId: first.id, role: "viewer" }),
        () => transferOwnership(database, asFirst, { userId: member.id }),
      ];
      const act = acts[run % acts.length]?.() ?? Promise.resolve();
      const results = await Promise.all([attempt(act), tryDeletion(application, second)]);
      const members = await readMembersOf(application, organization);
      expect(countOwners(members), `${run}: ${results.join()}`).toBeGreaterThan(0);
      expect(results).toContain("done");
      expect(second.id in (members ?? {})).toBe(results[1] !== "done");
    }
  });

  it(`they make an organization: none is left with an owner who is gone, ${runs} runs`, async () => {
    for (let run = 0; run < runs; run += 1) {
      const person = await application.createPerson();
      const [made, deleted] = await Promise.all([
        application.createOrganization(person).then(
          () => "made",
          (error: unknown) => String(error),
        ),
        tryDeletion(application, person),
      ]);
      const members = await application.query("select from memberships where user_id = $1", [
        person.id,
      ]);
      // The organization either came first, and needs a choice, or it comes too late.
      const isLate = made.includes("has deleted their account");
      expect([isLate, deleted, members.length], made).toEqual(
        isLate ? [true, "done", 0] : [false, "account.last_owner", 1],
      );
    }
  });

  it(`PR02 they sign in: nothing of them comes back, and nobody is signed in, ${runs} runs`, async () => {
    const profile = {
      name: "Back Again",
      username: "back",
      email: "back@example.com",
      emailVerified: true,
      picture: "https://images.example/back.png",
      identities: [],
    };
    const people = (await createWorlds()).map(({ member }) => member);
    for (const person of people) {
      const signIn = application.database.unscoped.$transaction(async (tx) => {
        const issuer = "https://id.example/oidc";
        const userId = await mirrorUser(tx, { ...profile, issuer, subject: person.id });
        const client = { idpSid: null, userAgent: "test", ip: "127.0.0.1", authenticationAge: 0 };
        await createSession(tx, { userId, ...client });
      });
      const results = await Promise.all([attempt(signIn), tryDeletion(application, person)]);
      expect(["done", "sign_in.account_deleted"]).toContain(results[0]);
      expect(results[1]).toBe("done");
    }
    const ids = people.map(({ id }) => id);
    expect(
      await application.query("select from sessions where user_id = any($1::uuid[])", [ids]),
    ).toEqual([]);
    const users = await application.query(
      "select distinct name, username, email, avatar_url, email_verified from users where subject = any($1)",
      [ids],
    );
    expect(users).toEqual([
      { name: null, username: null, email: null, avatar_url: null, email_verified: false },
    ]);
  });
});

describe("forUserEverywhere()", () => {
  it("TI17 sees the person's own organizations, and writes only in the one entered last", async () => {
    const [here, there, elsewhere] = await createRaceWorlds(application, 3);
    if (!here || !there || !elsewhere) throw new Error("Nobody came.");
    await application.addMember(there.organization, here.first, "viewer");
    const { database } = application;
    const countHidden = (tx: Transaction) =>
      tx.membership.count({ where: { organizationId: elsewhere.organization.id } });
    const result = await database.forUserEverywhere(here.first.id, async (tx, enter) => {
      const before = await tx.membership.count();
      const roles = [await enter(here.organization.id), await enter(there.organization.id)];
      const { count: changed } = await tx.membership.updateMany({ data: { suspendedAt: null } });
      const { count: removed } = await tx.membership.deleteMany({
        where: { organizationId: here.organization.id },
      });
      const foreign = await enter(elsewhere.organization.id);
      return { before, roles, changed, removed, foreign };
    });
    expect(result).toEqual({
      before: 2,
      roles: [
        { role: "owner", isDeleted: false },
        { role: "viewer", isDeleted: false },
      ],
      changed: 4,
      removed: 0,
      // They are no member there.
      foreign: null,
    });
    // The next user of that connection sees nothing of it.
    expect(await database.unscoped.membership.count()).toBe(0);
    expect(await database.forUser(here.first.id, countHidden)).toBe(0);
  });
});

describe("the database itself", () => {
  it("refuses a membership for a deleted account", async () => {
    const [world] = await createRaceWorlds(application, 1);
    if (!world) throw new Error("Nobody came.");
    const gone = await application.createPerson();
    expect(await tryDeletion(application, gone)).toBe("done");
    await expect(application.addMember(world.organization, gone, "viewer")).rejects.toThrow(
      /has deleted their account/,
    );
    expect(await readMembersOf(application, world.organization)).not.toHaveProperty(gone.id);
  });
});
