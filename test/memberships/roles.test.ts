import { describe, expect, it } from "vitest";

import { describeRoles } from "../../dev/documents/roles.ts";
import { hasPermission, permissions, type Role, roles } from "../../src/access/roles.ts";
import { read, readRows, unquote } from "../support/documents.ts";

describe("docs/roles.md", () => {
  it("is what `npm run docs` writes", async () => {
    expect(await read("docs/roles.md"), "run `npm run docs`").toBe(describeRoles());
  });

  it("says of each permission which roles have it, just as the code does", async () => {
    const rows = readRows(await read("docs/roles.md"));
    expect(rows.map(([name]) => unquote(name))).toEqual(permissions);
    for (const [name, ...cells] of rows) {
      const permission = permissions.find((each) => each === unquote(name));
      const holders = roles.filter((role) => permission && hasPermission(role, permission));
      expect(
        roles.filter((_role, column) => cells[column] === "yes"),
        name,
      ).toEqual(holders);
      // Roles are a total order: nobody has what somebody above them lacks.
      expect(holders, name).toEqual(roles.slice(0, holders.length));
    }
  });
});

describe("hasPermission()", () => {
  it("RB07 knows no role that is almost one", () => {
    // A Cyrillic "о", a capital, a list, a space, what every object has.
    const almost = ["\u043ewner", "Owner", "owner,admin", "owner ", "", "constructor"];
    for (const permission of permissions) {
      expect(hasPermission("owner", permission), permission).toBe(true);
      const holders = almost.filter((role) => hasPermission(role as Role, permission));
      expect(holders, permission).toEqual([]);
    }
  });
});
