import { describe, expect, it } from "vitest";

import { machineRoles, nameMachineRole, readMachineRole } from "../../src/logto/role-names.ts";
import { roles } from "../../src/memberships/roles.ts";

describe("the names of the roles of service accounts", () => {
  it("are read as they are given", () => {
    expect(machineRoles.map(nameMachineRole)).toEqual([
      "machine-admin",
      "machine-member",
      "machine-viewer",
    ]);
    expect(machineRoles.map(nameMachineRole).map(readMachineRole)).toEqual([...machineRoles]);
  });

  it.each([...roles, "machine-owner", "machine-", "", "Machine-admin", "machine-admin "])(
    "are not %j",
    (name) => {
      expect(readMachineRole(name)).toBeUndefined();
    },
  );
});
