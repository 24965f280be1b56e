import { describe, expect, it } from "vitest";

import {
  compareMembership,
  type Difference,
  type MembershipHere,
} from "../../src/logto/sync/compare-organization.ts";
import type { MembershipAtLogto } from "../../src/logto/client/members.ts";
import type { Role } from "../../src/access/roles.ts";

type Here = Partial<Omit<MembershipHere, "role">> & { isDeleted?: boolean };

const at = (role: Role | "no role" | null): MembershipAtLogto => ({
  isMember: role !== null,
  role: role === "no role" ? null : role,
  otherRoles: [],
});

const none: Difference = { kind: "none" };
const tell = (role: Role | null): Difference => ({ kind: "outward", role, isReverted: false });
const revert = (role: Role | null): Difference => ({ kind: "outward", role, isReverted: true });
const apply = (role: Role | null): Difference => ({ kind: "inward", role });

const pending: Here = { isPending: true };
const suspended: Here = { isSuspended: true };
const gone: Here = { hasAccount: false };
const deleted: Here = { isDeleted: true };

describe("compareMembership()", () => {
  it.each<[string, Role | null, Here, Parameters<typeof at>[0], Difference]>([
    ["the same role", "admin", {}, "admin", none],
    ["a member on neither side", null, {}, null, none],
    ["the same role, whatever was pending", "admin", pending, "admin", none],
    ["removed here, and not there any more", null, pending, null, none],

    ["another role there", "member", {}, "admin", apply("admin")],
    ["removed there", "member", {}, null, apply(null)],
    ["added there", null, {}, "viewer", apply("viewer")],
    ["added there without any of our roles", null, {}, "no role", apply("viewer")],
    ["every role taken away there", "admin", {}, "no role", apply("viewer")],
    ["a viewer whose role was taken away there, or has none yet", "viewer", {}, "no role", none],
    [
      "someone made a viewer here, of one without a role",
      "viewer",
      pending,
      "no role",
      tell("viewer"),
    ],
    [
      "a role changed here, of one without a role there",
      "admin",
      pending,
      "no role",
      tell("admin"),
    ],

    ["a role changed here", "admin", pending, "member", tell("admin")],
    ["added here", "member", pending, null, tell("member")],
    ["removed here: Logto has no say in it", null, pending, "owner", tell(null)],
    ["removed here, of one without a role there", null, pending, "no role", tell(null)],

    ["suspended here, and told", "admin", suspended, null, none],
    ["suspended here, not told yet", "admin", { ...suspended, ...pending }, "admin", tell(null)],
    ["suspended here, and let in there", "admin", suspended, "admin", revert(null)],
    ["suspended here, and let in without a role", "admin", suspended, "no role", revert(null)],

    ["an account that is gone, added there", null, gone, "member", revert(null)],
    ["an account that is gone, removed here", null, { ...gone, ...pending }, "member", tell(null)],
    ["an account that is gone, on neither side", null, gone, null, none],
    ["the only owner, whom Logto does not know any more", "owner", { isKept: true }, null, none],
    ["the same, with a change here", "owner", { isKept: true, ...pending }, null, none],

    ["a deleted organization, told", "owner", deleted, null, none],
    [
      "a deleted organization, not told yet",
      "owner",
      { ...deleted, ...pending },
      "owner",
      tell(null),
    ],
    ["a deleted organization, someone let in there", null, deleted, "member", tell(null)],
    ["a deleted organization, a member let in there", "member", deleted, "admin", tell(null)],
  ])("%s", (_title, role, { isDeleted = false, ...here }, there, expected) => {
    const usual = { isSuspended: false, isPending: false, hasAccount: true, isKept: false };
    const membership: MembershipHere = { role, ...usual, ...here };
    expect(compareMembership(membership, at(there), { isDeleted })).toEqual(expected);
  });
});
