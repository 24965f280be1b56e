import { describe, expect, it } from "vitest";

import { describePermissions } from "../../src/access/describe-permissions.ts";

describe("describePermissions()", () => {
  it("groups them by resource, in words and in order", () => {
    expect(
      describePermissions(["note:read", "kitchen-sink:read", "note:update", "oven:archive"]),
    ).toEqual([
      {
        resource: "note",
        actions: [
          { permission: "note:read", action: "see" },
          { permission: "note:update", action: "update" },
        ],
      },
      { resource: "kitchen sink", actions: [{ permission: "kitchen-sink:read", action: "see" }] },
      { resource: "oven", actions: [{ permission: "oven:archive", action: "archive" }] },
    ]);
  });

  it("uses names that permissions cannot spell", () => {
    const described = describePermissions(["email-domain:update", "hugging-face:update"]);
    expect(described.map(({ resource }) => resource)).toEqual(["email domains", "Hugging Face"]);
  });
});
