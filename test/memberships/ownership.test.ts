import { describe, expect, it } from "vitest";

import {
  explainMissing,
  nameSuccessor,
  offeredSuccessors,
} from "../../src/memberships/ownership.ts";

const grace = {
  userId: "1",
  name: "Grace",
  username: "grace",
  email: "grace@example.test",
  emailVerified: true,
  role: "admin",
} as const;

describe("nameSuccessor()", () => {
  it.each([
    [grace, "Grace, grace@example.test (admin)"],
    [{ ...grace, email: null }, "Grace, grace (admin)"],
    [{ ...grace, email: null, username: null }, "Grace (admin)"],
    [{ ...grace, name: null }, "grace, grace@example.test (admin)"],
    [{ ...grace, name: null, email: null }, "grace (admin)"],
    [{ ...grace, name: null, username: null }, "grace@example.test (admin)"],
    [{ ...grace, emailVerified: false }, "Grace, grace@example.test (not verified) (admin)"],
  ])("distinguishes two people of one name, and repeats nothing: %o", (successor, expected) => {
    expect(nameSuccessor(successor)).toBe(expected);
  });
});

describe("explainMissing()", () => {
  it("explains how to choose a member who is not offered", () => {
    const successors = Array.from({ length: offeredSuccessors }, () => grace);
    expect(explainMissing(successors)).toContain("make them an admin first");
    expect(explainMissing(successors.slice(1))).toBeUndefined();
  });
});
