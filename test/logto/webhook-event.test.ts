import { describe, expect, it } from "vitest";

import { readEvent } from "../../src/logto/webhooks/event.ts";
import recorded from "../fixtures/logto/webhook-bodies.json" with { type: "json" };

const read = (value: unknown) => readEvent(JSON.parse(JSON.stringify(value)));
const { bodies } = recorded;

describe("readEvent()", () => {
  it.each([
    ["POST /users", "c2hvlaqqwhqb"],
    ["PATCH /users/{id} name", "c2hvlaqqwhqb"],
    ["PATCH /users/{id}/custom-data", "c2hvlaqqwhqb"],
    ["PATCH /users/{id}/profile", "c2hvlaqqwhqb"],
    ["PATCH /users/{id}/is-suspended true", "c2hvlaqqwhqb"],
    ["DELETE /users/{id} who is a member of an organization (User.Deleted)", "c2hvlaqqwhqb"],
    ["User.Created by the hosted page (Register)", "ywqztmnxcd5w"],
  ] as const)("finds the user of a recorded event: %s", (name, subject) => {
    expect(read(bodies[name])).toEqual({ kind: "person", subject });
  });

  it("does not take an id inside a user's data for the subject", () => {
    const body = { ...bodies["PATCH /users/{id}/custom-data"], data: { id: "somebody else" } };
    expect(read(body)).toEqual({ kind: "person", subject: "c2hvlaqqwhqb" });
  });

  it.each([
    ["POST /organizations", true],
    ["PATCH /organizations/{id}", false],
    ["DELETE /organizations/{id} with members", false],
  ] as const)("finds the organization: %s", (name, isNew) => {
    expect(read(bodies[name])).toEqual({ kind: "organization", logtoId: "w1y2hl3u2ipq", isNew });
  });

  it("finds added and removed members, whatever added them", () => {
    expect(read(bodies["PUT /organizations/{id}/users (replace list)"])).toEqual({
      kind: "membership",
      logtoId: "w1y2hl3u2ipq",
      added: ["528rbha96t6o", "fhroe6h9yube"],
      removed: expect.any(Array),
      hasMachines: false,
      bySignIn: false,
    });
    // Its `params.id` is that of the invitation.
    expect(read(bodies["PUT /organization-invitations/{id}/status Accepted"])).toMatchObject({
      logtoId: "w1y2hl3u2ipq",
      added: ["dzk2trfvc687"],
    });
    expect(
      read(bodies["Organization.Membership.Updated by the hosted page (Register)"]),
    ).toMatchObject({ logtoId: "5qwdl5an6326", added: ["ywqztmnxcd5w"], bySignIn: true });
    expect(read(bodies["POST /organizations/{id}/applications"])).toMatchObject({
      added: [],
      hasMachines: true,
    });
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
    ["somebody who is no text", { event: "User.Deleted", params: { userId: 7 } }],
    ["somebody without an id", { event: "User.Deleted", params: { userId: "" }, data: null }],
    ["an id of any length", { event: "User.Deleted", params: { userId: "x".repeat(129) } }],
    ["no organization", { event: "Organization.Membership.Updated", addedUserIds: ["a"] }],
    ["a new organization without an id", { event: "Organization.Created", params: { id: "a" } }],
  ])("WH05 finds nothing in %s", (_what, value) => {
    expect(read(value)).toBeNull();
  });

  it("WH05 finds what it can if fields are new, missing or of another type", () => {
    const params = { userId: "somebody", region: ["eu"] };
    expect(read({ event: "User.Renamed", version: 2, params, data: [1] })).toEqual({
      kind: "person",
      subject: "somebody",
    });
    const event = "Organization.Membership.Updated";
    expect(read({ event, organizationId: "here", addedUserIds: "somebody" })).toEqual({
      kind: "membership",
      logtoId: "here",
      added: [],
      removed: [],
      hasMachines: false,
      bySignIn: false,
    });
  });
});
