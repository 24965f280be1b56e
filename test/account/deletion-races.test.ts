import { describe, expect, it } from "vitest";

import { mirrorUser } from "../../src/auth/users.ts";
import { AppError } from "../../src/http/errors.ts";
import { changeRole, leaveOrganization, removeMember } from "../../src/memberships/member.ts";
import { transferOwnership } from "../../src/memberships/ownership.ts";
import { createProject } from "../../src/projects/project.ts";
import { createSession } from "../../src/sessions/sessions.ts";
import { type Organization, type Person, useApplication } from "../support/application.ts";
import { readActions, readMembers, tryDeletion } from "./deletion-world.ts";

const application = useApplication();

const runs = 50;

/** An organization of two owners and a member. */
async function assemble() {
  const [first, second, member] = await Promise.all(
    [1, 2, 3].map(() => application.createPerson()),
  );
  if (!first || !second || !member) throw new Error("Nobody came.");
  const organization = await application.createOrganization(first);
  await application.addMember(organization, second, "owner");
  await application.addMember(organization, member, "member");
  return { first, second, member, organization };
}

const actorIn = (person: Person, organization: Organization) => ({
  user: { id: person.id },
  organization: { id: organization.id },
  request: { id: "request-1", ip: "192.0.2.1", userAgent: "test" },
});

/** @returns `done`, or the code of the error that something was refused with; any other error fails */
async function attempt(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return "done";
  } catch (error) {
    if (error instanceof AppError) return error.code;
    throw error;
  }
}

const countOwners = (members: Record<string, string> | undefined) =>
  members && Object.values(members).filter((role) => role === "owner").length;

describe("two owners who delete their accounts at once", () => {
  it(`RB05 leave no organization without an owner, ${runs} runs`, async () => {
    const outcomes = new Set<string>();
    for (let run = 0; run < runs; run += 1) {
      const { first, second, organization } = await assemble();
      const results = await Promise.all(
        [first, second].map((each) => tryDeletion(application, each)),
      );
      expect(results.toSorted()).toEqual(["account.last_owner", "done"]);
      outcomes.add(results.join());
      const members = await readMembers(application, organization);
      expect(countOwners(members)).toBe(1);
      expect(await readActions(application, organization)).toEqual(["account.deleted"]);
    }
    expect(outcomes.size).toBeGreaterThan(0);
  });

  it(`RB05 both succeed where both would rather delete it: then it is gone, ${runs} runs`, async () => {
    for (let run = 0; run < runs; run += 1) {
      const { first, second, organization } = await assemble();
      const results = await Promise.all(
        [first, second].map((each) => tryDeletion(application, each, [[organization, "delete"]])),
      );
      expect(results).toEqual(["done", "done"]);
      expect(await readMembers(application, organization)).toBeUndefined();
    }
  });

  it(`RB05 hand it over to the member both chose, or to nobody who has gone, ${runs} runs`, async () => {
    for (let run = 0; run < runs; run += 1) {
      const { first, second, member, organization } = await assemble();
      const results = await Promise.all([
        tryDeletion(application, first, [[organization, { successorId: member.id }]]),
        tryDeletion(application, second, [[organization, { successorId: first.id }]]),
        tryDeletion(application, member),
      ]);
      const members = await readMembers(application, organization);
      expect(countOwners(members), results.join()).toBeGreaterThan(0);
      const gone = [first, second, member].filter((_person, index) => results[index] === "done");
      for (const { id } of gone) expect(members).not.toHaveProperty(id);
      for (const result of results) expect(["done", "account.last_owner"]).toContain(result);
    }
  });

  it(`do not wait for each other for ever in several organizations, ${runs} runs`, async () => {
    for (let run = 0; run < runs; run += 1) {
      const worlds = [await assemble(), await assemble(), await assemble()];
      const person = await application.createPerson();
      const other = await application.createPerson();
      // Joined in opposite orders.
      for (const { organization } of worlds)
        await application.addMember(organization, person, "owner");
      for (const { organization } of worlds.toReversed()) {
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
  it(`somebody hands over, demotes, removes or leaves: there is an owner, ${runs} runs`, async () => {
    const { database } = application;
    for (let run = 0; run < runs; run += 1) {
      const { first, second, member, organization } = await assemble();
      const asFirst = actorIn(first, organization);
      const acts = [
        () => transferOwnership(database, asFirst, { userId: second.id }),
        () => changeRole(database, asFirst, { userId: second.id, role: "viewer" }),
        () => removeMember(database, asFirst, { userId: second.id }),
        () => leaveOrganization(database, asFirst),
        () => changeRole(database, asFirst, { userId: first.id, role: "viewer" }),
        () => transferOwnership(database, asFirst, { userId: member.id }),
      ];
      const act = acts[run % acts.length] ?? acts[0];
      const results = await Promise.all([
        attempt(act?.() ?? Promise.resolve()),
        tryDeletion(application, second),
      ]);
      const members = await readMembers(application, organization);
      expect(countOwners(members), `${run}: ${results.join()}`).toBeGreaterThan(0);
      expect(results).toContain("done");
      if (results[1] === "done") expect(members).not.toHaveProperty(second.id);
    }
  });

  it(`work goes on in the organization that goes with it: all of it is done or refused, none fails, ${runs} runs`, async () => {
    const { database } = application;
    for (let run = 0; run < runs; run += 1) {
      const { first, second, member, organization } = await assemble();
      await application.query("delete from memberships where user_id = $1", [second.id]);
      const results = await Promise.all([
        attempt(createProject(database, actorIn(member, organization), { name: "x" })),
        attempt(createProject(database, actorIn(first, organization), { name: "y" })),
        tryDeletion(application, first, [[organization, "delete"]]),
        attempt(createProject(database, actorIn(member, organization), { name: "z" })),
      ]);
      expect(results[2]).toBe("done");
      for (const result of results) expect(["done", "request.not_found"]).toContain(result);
      expect(await readMembers(application, organization)).toBeUndefined();
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
      // Either it came first, and needs a choice, or it comes too late.
      if (deleted === "done") {
        expect(made).toMatch(/has deleted their account/);
        expect(members).toEqual([]);
      } else {
        expect([made, deleted]).toEqual(["made", "account.last_owner"]);
        expect(members).toHaveLength(1);
      }
    }
  });

  it(`PR02 they sign in: nothing of them comes back, and nobody is signed in, ${runs} runs`, async () => {
    const results = new Set<string>();
    for (let run = 0; run < runs; run += 1) {
      const person = await application.createPerson();
      const [user] = await application.query<{ issuer: string; subject: string }>(
        "select issuer, subject from users where id = $1",
        [person.id],
      );
      const profile = {
        name: "Back Again",
        username: "back",
        email: "back@example.com",
        emailVerified: true,
        picture: "https://images.example/back.png",
        identities: [],
      };
      const signIn = application.database.unscoped.$transaction(async (tx) => {
        const userId = await mirrorUser(tx, {
          ...profile,
          ...(user ?? { issuer: "", subject: "" }),
        });
        const client = { idpSid: null, userAgent: "test", ip: "127.0.0.1", authenticationAge: 0 };
        await createSession(tx, { userId, ...client });
      });
      const [signedIn, deleted] = await Promise.all([
        attempt(signIn),
        tryDeletion(application, person),
      ]);
      expect(deleted).toBe("done");
      expect(["done", "sign_in.account_deleted"]).toContain(signedIn);
      results.add(signedIn);
      expect(
        await application.query("select from sessions where user_id = $1", [person.id]),
      ).toEqual([]);
      expect(
        await application.query(
          "select id, name, username, email, avatar_url, email_verified from users where subject = $1",
          [user?.subject],
        ),
      ).toEqual([
        {
          id: person.id,
          name: null,
          username: null,
          email: null,
          avatar_url: null,
          email_verified: false,
        },
      ]);
    }
    expect(results.size).toBeGreaterThan(0);
  });
});

describe("the database itself", () => {
  it("takes nobody into an organization who has deleted their account", async () => {
    const { organization } = await assemble();
    const gone = await application.createPerson();
    expect(await tryDeletion(application, gone)).toBe("done");
    await expect(application.addMember(organization, gone, "viewer")).rejects.toThrow(
      /has deleted their account/,
    );
    expect(await readMembers(application, organization)).not.toHaveProperty(gone.id);
  });
});
