import { describe, expect, it } from "vitest";

import {
  describeEvent,
  nameActor,
  nameTarget,
  titleAction,
  type ToldEvent,
} from "../../src/audit-log/describe-event.ts";
import type { Sentence } from "../../src/audit-log/sentence.ts";
import { productName } from "../../src/runtime/product.ts";
import { listKinds } from "./kinds.ts";

const event: ToldEvent = {
  action: "thing.done",
  actorId: "ada",
  actorName: "Ada",
  isActorDeleted: false,
  targetType: "thing",
  targetId: "7",
  targetName: null,
  isTargetDeleted: true,
  details: {},
};
const toUser = {
  ...event,
  targetType: "user",
  targetId: "bob",
  targetName: "Bob",
  isTargetDeleted: false,
};
const toSelf = { ...toUser, targetId: "ada", targetName: "Ada" };
const byNobody = { ...toUser, actorId: null, actorName: null };

const write = (sentence: Sentence) =>
  sentence
    .map((piece) => (typeof piece === "string" ? piece : Object.values<string>(piece).join("")))
    .join("");

const tell = (told: Partial<ToldEvent>) => write(describeEvent({ ...event, ...told }));

describe("titleAction()", () => {
  it.each([
    ["member.role_changed", "Member role changed"],
    ["organization.ownership_transferred", "Organization ownership transferred"],
    ["support-ticket.created", "Support ticket created"],
    ["hugging_face.connected", "Hugging Face connected"],
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
    expect(nameTarget(toSelf)).toBeNull();
  });

  it("returns no name of a deleted account, even if the details have one", () => {
    const gone = { ...toUser, isTargetDeleted: true, details: { name: "Bob Byron" } };
    expect(nameTarget(gone)).toBe("Deleted account");
    expect(tell(gone)).toBe("Ada: Thing done – Deleted account.");
  });
});

describe("describeEvent()", () => {
  it.each<[string, Partial<ToldEvent>]>([
    [
      "Ada made Bob a viewer (formerly an admin).",
      { ...toUser, action: "member.role_changed", details: { from: "admin", to: "viewer" } },
    ],
    [
      "Ada became an owner.",
      { ...toSelf, action: "member.role_changed", details: { to: "owner" } },
    ],
    [
      "Ada removed Bob (formerly a member).",
      { ...toUser, action: "member.removed", details: { role: "member" } },
    ],
    [
      "Ada joined as a member with the invitation for ada@a.example.",
      {
        ...toSelf,
        action: "member.joined",
        details: { role: "member", via: "email", invited: "ada@a.example" },
      },
    ],
    [
      "Ada joined as a viewer through acme at Hugging Face.",
      {
        ...toSelf,
        action: "member.joined",
        details: { role: "viewer", via: "hugging_face", organization: "acme" },
      },
    ],
    [
      `${productName} added Bob as an admin at the sign-in service.`,
      { ...byNobody, action: "member.joined", details: { role: "admin", via: "logto" } },
    ],
    [
      `${productName} suspended Bob because a connected Hugging Face organization no longer lists them.`,
      { ...byNobody, action: "member.suspended", details: { via: "hugging_face" } },
    ],
    [
      "Ada created an invite link to join as a member.",
      { action: "invitation.created", details: { name: "a link", kind: "link", role: "member" } },
    ],
    [
      "Ada revoked the invitation for b@b.example because of a newer decision about the person.",
      {
        action: "invitation.revoked",
        details: { name: "b@b.example", reason: "outdated by a decision about the person" },
      },
    ],
    [
      "Ada changed how people with an address at a.example join: they join when they sign in as a member.",
      {
        action: "email_domain.rules_changed",
        details: { name: "a.example", mode: "automatic", role: "member", formerMode: "offer" },
      },
    ],
    [
      `${productName} undid a change of Bob's membership at the sign-in service: no seat is left.`,
      { ...byNobody, action: "logto.change_reverted", details: { reason: "membership.no_seat" } },
    ],
    [
      "Ada changed the project Moon: the name from Mars to Moon, the due date to January 31, 2030, the note from Old to none, urgent from no to yes.",
      {
        action: "project.changed",
        details: {
          name: "Moon",
          changes: {
            name: { from: "Mars", to: "Moon" },
            dueDate: { from: null, to: "2030-01-31" },
            note: { from: "Old", to: "" },
            isUrgent: { from: false, to: true },
          },
        },
      },
    ],
    [
      "Ada archived the support ticket Ouch through the application client-1.",
      { action: "support-ticket.archived", details: { name: "Ouch", client: "client-1" } },
    ],
    [
      "A deleted account removed Bob.",
      { ...toUser, action: "member.removed", isActorDeleted: true },
    ],
    [
      "A deleted account's request to join was closed.",
      { ...toUser, action: "join_request.withdrawn", isTargetDeleted: true },
    ],
  ])("tells: %s", (sentence, told) => {
    expect(tell(told)).toBe(sentence);
  });

  it.each([
    [{ from: "member", to: "admin" }, "Ada: Thing done – from member to admin."],
    [{ from: null, to: "x" }, "Ada: Thing done – to x."],
    [{ name: "The thing", slug: "thing" }, "Ada: Thing done – The thing, slug: thing."],
    [{ name: 7 }, "Ada: Thing done – name: 7."],
    [{ isArchived: false, sent_at: 5 }, "Ada: Thing done – is archived: no, sent at: 5."],
    [{ deep: { a: "b" } }, 'Ada: Thing done – deep: {"a":"b"}.'],
    [{}, "Ada: Thing done."],
  ])("tells an event of an unknown kind with %j in words", (details, sentence) => {
    expect(tell({ details })).toBe(sentence);
  });

  it("has a sentence for every kind of event that the source declares, with its circumstances or without", async () => {
    const kinds = await listKinds();
    expect(kinds.length).toBeGreaterThan(25);
    expect(kinds).toContain("member.removed");
    for (const action of kinds) {
      const isOfThing = /^(project|email_domain|hugging_face|invitation)\./.test(action);
      for (const told of isOfThing ? [event] : [event, toUser, byNobody, toSelf]) {
        const sentence = tell({ ...told, action, details: { name: "It", role: "member" } });
        expect(sentence, action).toMatch(/^[A-Z].*[\w'] .*\.$/);
        expect(sentence, action).not.toContain(`: ${titleAction(action)}`);
        expect(sentence, action).not.toMatch(/_|undefined|null|\{|\s\s/);
      }
    }
  });
});
