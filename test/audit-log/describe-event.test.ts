import { describe, expect, it } from "vitest";

import {
  describeDetails,
  nameActor,
  nameTarget,
  titleAction,
} from "../../src/audit-log/describe-event.ts";
import type { ListedEvent } from "../../src/audit-log/read-events.ts";
import { productName } from "../../src/runtime/product.ts";

const event: ListedEvent = {
  id: "1",
  occurredAt: new Date(0),
  action: "thing.done",
  actorId: "ada",
  actorName: "Ada",
  isActorDeleted: false,
  targetType: "thing",
  targetId: "7",
  targetName: null,
  isTargetDeleted: true,
  details: {},
  requestId: null,
  ip: null,
  userAgent: null,
};
const toUser = {
  ...event,
  targetType: "user",
  targetId: "bob",
  targetName: "Bob",
  isTargetDeleted: false,
};

describe("titleAction()", () => {
  it.each([
    ["member.role_changed", "Member role changed"],
    ["organization.ownership_transferred", "Organization ownership transferred"],
    ["support-ticket.created", "Support ticket created"],
    ["odd", "Odd"],
    ["", ""],
  ])("turns %s into %s", (action, title) => {
    expect(titleAction(action)).toBe(title);
  });
});

describe("nameActor()", () => {
  it("returns the person's name, the product's for the application itself, and `Deleted account`", () => {
    expect(nameActor(event)).toBe("Ada");
    expect(nameActor({ ...event, actorName: null })).toBe("Unnamed person");
    expect(nameActor({ ...event, actorId: null, actorName: null })).toBe(productName);
    expect(nameActor({ ...event, isActorDeleted: true })).toBe("Deleted account");
  });
});

describe("nameTarget()", () => {
  it("returns the person's present name, or the name in the details", () => {
    expect(nameTarget(toUser)).toBe("Bob");
    expect(nameTarget({ ...toUser, details: { name: "Robert, then" } })).toBe("Bob");
    expect(nameTarget({ ...event, details: { name: "The thing" } })).toBe("The thing");
    expect(nameTarget({ ...event, details: { name: 7 } })).toBeNull();
    expect(nameTarget(event)).toBeNull();
  });

  it("returns no name of a deleted account, even if the details have one, and repeats none", () => {
    const gone = { ...toUser, isTargetDeleted: true, details: { name: "Bob Byron" } };
    expect(nameTarget(gone)).toBe("Deleted account");
    expect(describeDetails(gone)).toEqual([]);
    expect(nameTarget({ ...toUser, targetId: "ada" })).toBeNull();
  });
});

describe("describeDetails()", () => {
  it("writes a phrase for each changed field", () => {
    const changes = {
      name: { from: "A", to: "B" },
      dueDate: { from: null, to: "2030-01-31" },
      note: { from: "Old", to: "" },
      isUrgent: { from: false, to: true },
    };
    expect(describeDetails({ ...event, details: { name: "B", changes } })).toEqual([
      "name from A to B",
      "due date from nothing to 2030-01-31",
      "note from Old to nothing",
      "is urgent from no to yes",
    ]);
  });

  it.each([
    [{ from: "member", to: "admin" }, ["from member to admin"]],
    [{ to: "admin" }, ["to admin"]],
    [{ from: null, to: "x" }, ["from nothing to x"]],
    [{ name: "The thing" }, []],
    [{ name: 7 }, ["name: 7"]],
    [{ name: "The thing", slug: "thing" }, ["slug: thing"]],
    [{ isArchived: false, sent_at: 5 }, ["is archived: no", "sent at: 5"]],
    [{}, []],
  ])("writes %j in words", (details, phrases) => {
    expect(describeDetails({ ...event, details })).toEqual(phrases);
  });
});
