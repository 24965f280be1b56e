import { describe, expect, it } from "vitest";

import { describePermissions } from "../../src/memberships/describe-permissions.ts";

describe("describePermissions()", () => {
  it("groups them by what they are about, in the words and the order of people", () => {
    expect(
      describePermissions(["member:read", "audit-log:read", "member:update", "project:archive"]),
    ).toEqual([
      {
        resource: "member",
        actions: [
          { permission: "member:read", action: "see" },
          { permission: "member:update", action: "update" },
        ],
      },
      { resource: "audit log", actions: [{ permission: "audit-log:read", action: "see" }] },
      { resource: "project", actions: [{ permission: "project:archive", action: "archive" }] },
    ]);
  });
});
