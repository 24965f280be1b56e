import { describe, expect, it } from "vitest";

import { isAbove, type Role, roles } from "../../src/access/roles.ts";
import { attempt, letIn as admitAs } from "../support/acting.ts";
import { type Organization, type Person, useApplication } from "../support/application.ts";
import { limitSeats, readEvents, readMembers, readRole, suspend } from "../support/world.ts";

const application = useApplication();

const assemble = async () => {
  const owner = await application.createPerson();
  const organization = await application.createOrganization(owner);
  return { owner, organization, guest: await application.createPerson() };
};

/** Admits a guest by a rule. */
const letIn = (organization: Organization, guest: Person, role?: Role) =>
  admitAs(application, organization, guest, { ...(role && { role }), grant: { kind: "rule" } });

const countMembers = async (organization: Organization) =>
  (await readMembers(application, organization)).size;

describe("admit()", () => {
  it("makes a person a member, and records how they joined", async () => {
    const { organization, guest } = await assemble();
    expect(await letIn(organization, guest, "viewer")).toBe(true);
    expect(await readRole(application, organization, guest)).toBe("viewer");
    expect(await readEvents(application, organization)).toEqual([
      {
        action: "member.joined",
        actorId: guest.id,
        targetId: guest.id,
        details: { role: "viewer", via: "link" },
      },
    ]);
  });

  it("names no actor if the application itself admits them", async () => {
    const { organization, guest } = await assemble();
    await admitAs(application, organization, guest, { user: null });
    expect(await readEvents(application, organization)).toMatchObject([{ actorId: null }]);
  });

  it("raises a role, and never lowers one", async () => {
    const { organization } = await assemble();
    for (const present of roles) {
      for (const given of roles) {
        const person = await application.createPerson();
        await application.addMember(organization, person, present);
        const isRaised = isAbove(given, present);
        expect(await letIn(organization, person, given), `${present} ${given}`).toBe(isRaised);
        expect(await readRole(application, organization, person)).toBe(isRaised ? given : present);
      }
    }
    const events = await readEvents(application, organization);
    expect(events).toHaveLength(6);
    expect(events).toContainEqual(
      expect.objectContaining({
        action: "member.role_changed",
        details: { from: "viewer", to: "owner", via: "link" },
      }),
    );
  });

  it("neither readmits a suspended member nor raises their role", async () => {
    const { organization, guest } = await assemble();
    await application.addMember(organization, guest, "viewer");
    await suspend(application, guest);
    expect(await attempt(letIn(organization, guest, "admin"))).toBe("membership.suspended_there");
    expect(await readRole(application, organization, guest)).toBe("viewer");
    expect(await readEvents(application, organization)).toEqual([]);
  });

  it("makes one membership of ten simultaneous attempts", async () => {
    const { organization, guest } = await assemble();
    const came = await Promise.all(Array.from({ length: 10 }, () => letIn(organization, guest)));
    expect(came.filter(Boolean)).toHaveLength(1);
    expect(await readEvents(application, organization)).toHaveLength(1);
  });

  it("refuses a deleted account", async () => {
    const { organization, guest } = await assemble();
    await application.query("update users set deleted_at = now() where id = $1", [guest.id]);
    await expect(letIn(organization, guest)).rejects.toThrow("has deleted their account");
    expect(await readRole(application, organization, guest)).toBeNull();
  });
});

describe("the seats of an organization", () => {
  it("limit the members; a stronger role needs no further seat", async () => {
    const { organization, guest } = await assemble();
    await limitSeats(application, organization, 2);
    await letIn(organization, guest, "viewer");
    const late = await application.createPerson();
    expect(await attempt(letIn(organization, late))).toBe("membership.no_seat");
    expect(await countMembers(organization)).toBe(2);
    expect(await letIn(organization, guest, "admin")).toBe(true);
    await limitSeats(application, organization, null);
    expect(await letIn(organization, late)).toBe(true);
  });

  it("IN07 are never exceeded: of twenty people at once, four take the free seats", async () => {
    for (let round = 0; round < 3; round += 1) {
      const { organization } = await assemble();
      await limitSeats(application, organization, 5);
      const people = await Promise.all(
        Array.from({ length: 20 }, () => application.createPerson()),
      );
      const outcomes = await Promise.all(
        people.map((person) => attempt(letIn(organization, person))),
      );
      expect(outcomes.filter((outcome) => outcome === "done")).toHaveLength(4);
      expect(outcomes.filter((outcome) => outcome === "membership.no_seat")).toHaveLength(16);
      expect(await countMembers(organization)).toBe(5);
      expect(await readEvents(application, organization)).toHaveLength(4);
    }
  });

  it("IN07 are never exceeded in the database either, by twenty inserts at once", async () => {
    const { organization } = await assemble();
    await limitSeats(application, organization, 5);
    const people = await Promise.all(Array.from({ length: 20 }, () => application.createPerson()));
    const outcomes = await Promise.allSettled(
      people.map((person) => application.addMember(organization, person, "member")),
    );
    expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(4);
    const reasons = outcomes.flatMap((each) =>
      each.status === "rejected" ? String(each.reason) : [],
    );
    expect(reasons).toHaveLength(16);
    expect(reasons.filter((reason) => !reason.includes("no seat left"))).toEqual([]);
    expect(await countMembers(organization)).toBe(5);
  });
});

describe("changeAsGuest()", () => {
  it.each([
    ["deleted", "update organizations set deleted_at = now() where id = $1"],
    ["gone", "delete from organizations where id = $1"],
  ])("IN16 does not find an organization that is %s", async (_what, statement) => {
    const { organization, guest } = await assemble();
    await application.query(statement, [organization.id]);
    expect(await attempt(letIn(organization, guest))).toBe("request.not_found");
    expect(await readRole(application, organization, guest)).toBeNull();
  });
});
