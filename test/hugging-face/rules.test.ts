import { describe, expect, it } from "vitest";

import { requireOwnRoles } from "../../src/hugging-face/connection.ts";
import { findRole, type Rules } from "../../src/hugging-face/rules.ts";
import { useApplication } from "../support/application.ts";
import { connectHuggingFace, placeAt } from "../support/hugging-face.ts";

const rules: Rules = {
  mode: "offer",
  adminRole: "admin",
  writeRole: "member",
  contributorRole: null,
  readRole: "viewer",
};

describe("findRole()", () => {
  it.each([
    ["admin", "admin"],
    ["write", "member"],
    ["contributor", null],
    ["read", "viewer"],
  ] as const)("gives %s there %s here", (role, expected) => {
    expect(findRole(rules, placeAt("org", { role }))).toBe(expected);
  });

  it("gives nothing to a member who is not active there", () => {
    expect(findRole(rules, placeAt("org", { role: "admin", isActive: false }))).toBeNull();
  });
});

describe("requireOwnRoles()", () => {
  it("refuses roles above the actor's own", () => {
    expect(() => requireOwnRoles("admin", rules)).not.toThrow();
    const refused = expect.objectContaining({ code: "member.role_above_own" });
    expect(() => requireOwnRoles("member", rules)).toThrow(refused);
    expect(() => requireOwnRoles("member", { ...rules, adminRole: "member" })).not.toThrow();
  });

  it("refuses owner, also from an owner", () => {
    expect(() => requireOwnRoles("owner", { ...rules, readRole: "owner" })).toThrow(
      expect.objectContaining({ code: "member.role_above_own" }),
    );
  });
});

describe("the database", () => {
  const application = useApplication();

  it("refuses owner as a role of a connection, and as a role that one has given", async () => {
    const owner = await application.createPerson();
    const organization = await application.createOrganization(owner);
    const subject = await connectHuggingFace(application, organization);
    for (const column of ["admin_role", "write_role", "contributor_role", "read_role"]) {
      const change = `update hugging_face_connections set ${column} = 'owner' where subject = $1`;
      const refusal = "hugging_face_connections_role_check";
      await expect(application.query(change, [subject])).rejects.toThrow(refusal);
    }
    await expect(
      application.query(
        "insert into hugging_face_memberships (organization_id, user_id, connection_subject, granted_role) values ($1, $2, $3, 'owner')",
        [organization.id, owner.id, subject],
      ),
    ).rejects.toThrow("hugging_face_memberships_role_check");
  });
});
