import { describe, expect, it } from "vitest";

import { describeRoles } from "../../dev/documents/roles.ts";
import {
  hasPermission,
  permissions,
  refuseExclusion,
  refuseRole,
  type Role,
  roles,
  rolesToGive,
} from "../../src/access/roles.ts";
import { read, readRows, unquote } from "../support/documents.ts";

describe("docs/roles.md", () => {
  it("is what `npm run docs` writes", async () => {
    expect(await read("docs/roles.md"), "run `npm run docs`").toBe(describeRoles());
  });

  it("lists the roles that have each permission, as the code does", async () => {
    const rows = readRows(await read("docs/roles.md"));
    expect(rows.map(([name]) => unquote(name))).toEqual(permissions);
    for (const [name, ...cells] of rows) {
      const permission = permissions.find((each) => each === unquote(name));
      const holders = roles.filter((role) => permission && hasPermission(role, permission));
      expect(
        roles.filter((_role, column) => cells[column] === "yes"),
        name,
      ).toEqual(holders);
      // Roles are a total order: a stronger role has every permission of a weaker one.
      expect(holders, name).toEqual(roles.slice(0, holders.length));
    }
  });
});

describe("hasPermission()", () => {
  it("RB07 knows no role that is almost one", () => {
    // A Cyrillic "о", a capital, a list, a space, a property of every object.
    const almost = ["\u043ewner", "Owner", "owner,admin", "owner ", "", "constructor"];
    for (const permission of permissions) {
      expect(hasPermission("owner", permission), permission).toBe(true);
      const holders = almost.filter((role) => hasPermission(role as Role, permission));
      expect(holders, permission).toEqual([]);
    }
  });
});

const actor = (role: Role) => ({ userId: "actor", role });
const member = (role: Role) => ({ userId: "member", role });

/** Every pair of roles: the actor's, and another one. */
const pairs = roles.flatMap((own) => roles.map((other) => [own, other] as const));

describe("rolesToGive()", () => {
  it.each([
    ["owner", ["owner", "admin", "member", "viewer"]],
    ["admin", ["admin", "member", "viewer"]],
    ["member", ["member", "viewer"]],
    ["viewer", ["viewer"]],
  ] as const)("lets %s give their own role and the weaker ones", (role, expected) => {
    expect(rolesToGive({ role })).toEqual(expected);
    const toApplications = expected.filter((each) => each !== "owner");
    expect(rolesToGive({ role }, { isMachine: true })).toEqual(toApplications);
  });
});

describe("refuseRole()", () => {
  it("RB03 refuses every role above the actor's own, for others and for themselves", () => {
    for (const [own, wanted] of pairs) {
      const isAbove = roles.indexOf(wanted) < roles.indexOf(own);
      const expected = isAbove ? "member.role_above_own" : null;
      expect(refuseRole(actor(own), member("viewer"), wanted), `${own}: ${wanted}`).toBe(expected);
      expect(refuseRole(actor(own), actor(own), wanted), `${own}, own: ${wanted}`).toBe(expected);
    }
  });

  it("allows actors to lower their own role; another check keeps the last owner", () => {
    expect(refuseRole(actor("owner"), actor("owner"), "viewer")).toBeNull();
    expect(refuseRole(actor("admin"), actor("admin"), "member")).toBeNull();
  });
});

describe("refuseExclusion()", () => {
  it("RB04 lets only an owner exclude an owner or change their role", () => {
    for (const [own, other] of pairs) {
      const isRefused = other === "owner" && own !== "owner";
      const expected = isRefused ? "member.owner_untouchable" : null;
      const refusals = [
        refuseExclusion(actor(own), member(other)),
        refuseRole(actor(own), member(other), "viewer"),
      ];
      expect(refusals, `${own}: ${other}`).toEqual([expected, expected]);
    }
  });

  it("refuses to exclude oneself: leaving is an act of its own", () => {
    for (const role of roles) {
      expect(refuseExclusion(actor(role), actor(role)), role).toBe("member.yourself");
    }
  });
});
