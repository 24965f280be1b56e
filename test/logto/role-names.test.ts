import { describe, expect, it } from "vitest";

import { machineRoles, nameMachineRole } from "../../src/logto/client/members.ts";
import { roles } from "../../src/access/roles.ts";

describe("the roles of service accounts", () => {
  it("are ours but for the owner, under names that no role of people has", () => {
    expect([...machineRoles]).toEqual(roles.filter((role) => role !== "owner"));
    const names = machineRoles.map(nameMachineRole);
    expect(names).toEqual(["machine-admin", "machine-member", "machine-viewer"]);
  });
});
