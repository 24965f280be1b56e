import { describe, expect, it } from "vitest";

import { refuseExclusion, refuseRole, rolesToGive } from "../../src/tenancy/policy.ts";
import { type Role, roles } from "../../src/access/roles.ts";

const actor = (role: Role) => ({ userId: "actor", role });
const member = (role: Role) => ({ userId: "member", role });

/** Every pair of roles: who asks, and whom it is about. */
const pairs = roles.flatMap((own) => roles.map((other) => [own, other] as const));

describe("rolesToGive()", () => {
  it.each([
    ["owner", ["owner", "admin", "member", "viewer"]],
    ["admin", ["admin", "member", "viewer"]],
    ["member", ["member", "viewer"]],
    ["viewer", ["viewer"]],
  ] as const)("lets %s give their own role and those below it", (role, expected) => {
    expect(rolesToGive({ role })).toEqual(expected);
    const toApplications = expected.filter((each) => each !== "owner");
    expect(rolesToGive({ role }, { isMachine: true })).toEqual(toApplications);
  });
});

describe("refuseRole()", () => {
  it("RB03 refuses every role above one's own, whoever is to have it, oneself as well", () => {
    for (const [own, wanted] of pairs) {
      const isAbove = roles.indexOf(wanted) < roles.indexOf(own);
      const expected = isAbove ? "member.role_above_own" : null;
      expect(refuseRole(actor(own), member("viewer"), wanted), `${own}: ${wanted}`).toBe(expected);
      expect(refuseRole(actor(own), actor(own), wanted), `${own}, own: ${wanted}`).toBe(expected);
    }
  });

  it("RB04 lets nobody but an owner touch an owner", () => {
    for (const [own, other] of pairs) {
      const isRefused = other === "owner" && own !== "owner";
      const refusal = refuseRole(actor(own), member(other), "viewer");
      expect(refusal, `${own}: ${other}`).toBe(isRefused ? "member.owner_untouchable" : null);
    }
  });

  it("allows to lower one's own role, an owner's too: that another one is left is checked elsewhere", () => {
    expect(refuseRole(actor("owner"), actor("owner"), "viewer")).toBeNull();
    expect(refuseRole(actor("admin"), actor("admin"), "member")).toBeNull();
  });
});

describe("refuseExclusion()", () => {
  it("RB04 lets nobody but an owner exclude an owner", () => {
    for (const [own, other] of pairs) {
      const isRefused = other === "owner" && own !== "owner";
      const refusal = refuseExclusion(actor(own), member(other));
      expect(refusal, `${own}: ${other}`).toBe(isRefused ? "member.owner_untouchable" : null);
    }
  });

  it("keeps everybody from excluding themselves, since leaving is an act of its own", () => {
    for (const role of roles) {
      expect(refuseExclusion(actor(role), actor(role)), role).toBe("member.yourself");
    }
  });
});
