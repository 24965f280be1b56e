import { describe, expect, it } from "vitest";

import { readEvent } from "../../src/logto/webhooks/event.ts";
import recorded from "../fixtures/logto/webhook-bodies.json" with { type: "json" };

const read = (value: unknown) => readEvent(JSON.parse(JSON.stringify(value)));
const { bodies } = recorded;

const person = { kind: "person", subject: "c2hvlaqqwhqb" };
const organization = { kind: "organization", logtoId: "w1y2hl3u2ipq", isNew: false };
const members = { kind: "membership", logtoId: "w1y2hl3u2ipq", bySignIn: false };
const user = "DELETE /users/{id} who is a member of an organization (User.Deleted)";
const invitation = "PUT /organization-invitations/{id}/status Accepted";
const joined = "Organization.Membership.Updated by the hosted page (Register)";

describe("readEvent()", () => {
  it.each<[keyof typeof bodies, object]>([
    ["POST /users", person],
    ["PATCH /users/{id} name", person],
    ["PATCH /users/{id}/custom-data", person],
    ["PATCH /users/{id}/profile", person],
    ["PATCH /users/{id}/is-suspended true", person],
    [user, person],
    ["User.Created by the hosted page (Register)", { ...person, subject: "ywqztmnxcd5w" }],
    ["POST /organizations", { ...organization, isNew: true }],
    ["PATCH /organizations/{id}", organization],
    ["DELETE /organizations/{id} with members", organization],
    [
      "PUT /organizations/{id}/users (replace list)",
      { ...members, added: ["528rbha96t6o", "fhroe6h9yube"], hasMachines: false },
    ],
    // Its `params.id` is that of the invitation.
    [invitation, { ...members, added: ["dzk2trfvc687"] }],
    [joined, { logtoId: "5qwdl5an6326", added: ["ywqztmnxcd5w"], bySignIn: true }],
    ["POST /organizations/{id}/applications", { added: [], hasMachines: true }],
  ])("finds the subject of a recorded event: %s", (name, event) => {
    expect(read(bodies[name])).toMatchObject(event);
  });

  it("does not take an id inside a user's data for the subject", () => {
    const body = { ...bodies["PATCH /users/{id}/custom-data"], data: { id: "someone else" } };
    expect(read(body)).toEqual({ kind: "person", subject: "c2hvlaqqwhqb" });
  });

  it.each([
    "test delivery of User.Created",
    "test delivery of PostSignIn",
    "sign-in with password through the hosted page",
    "PostRegister by the hosted page (Register)",
    "POST /organization-roles",
  ] as const)("WH05 finds nothing in an event that does not concern us: %s", (name) => {
    expect(read(bodies[name])).toBeNull();
  });

  it.each([
    ["nothing", null],
    ["a number", 7],
    ["a list", []],
    ["no event", {}],
    ["an event that is no text", { event: 7, params: { userId: "a" } }],
    ["an event that nobody knows", { event: "Organization.Exploded", params: { id: "a" } }],
    ["nobody", { event: "User.Deleted" }],
    ["someone who is no text", { event: "User.Deleted", params: { userId: 7 } }],
    ["someone without an id", { event: "User.Deleted", params: { userId: "" }, data: null }],
    ["an id of any length", { event: "User.Deleted", params: { userId: "x".repeat(129) } }],
    ["no organization", { event: "Organization.Membership.Updated", addedUserIds: ["a"] }],
    ["a new organization without an id", { event: "Organization.Created", params: { id: "a" } }],
  ])("WH05 finds nothing in %s", (_what, value) => {
    expect(read(value)).toBeNull();
  });

  it("WH05 finds what it can if fields are new, missing or of another type", () => {
    const params = { userId: "someone", region: ["eu"] };
    expect(read({ event: "User.Renamed", version: 2, params, data: [1] })).toEqual({
      kind: "person",
      subject: "someone",
    });
    const event = "Organization.Membership.Updated";
    expect(read({ event, organizationId: "here", addedUserIds: "someone" })).toEqual({
      kind: "membership",
      logtoId: "here",
      added: [],
      removed: [],
      hasMachines: false,
      bySignIn: false,
    });
  });
});
