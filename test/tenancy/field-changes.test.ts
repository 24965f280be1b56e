import { describe, expect, it } from "vitest";

import { listFieldChanges } from "../../src/tenancy/field-changes.ts";

type Fields = {
  name: string;
  size: number | null;
  isOpen: boolean;
  day: Date | null;
  note?: string;
};

const before: Fields = { name: "A", size: 3, isOpen: false, day: new Date("2030-01-31") };

describe("listFieldChanges()", () => {
  it("returns the fields that differ, and days as days", () => {
    const after = { name: "A", size: null, isOpen: true, day: new Date("2030-02-01") };
    expect(listFieldChanges(before, after)).toEqual({
      size: { from: 3, to: null },
      isOpen: { from: false, to: true },
      day: { from: "2030-01-31", to: "2030-02-01" },
    });
  });

  it("returns null if nothing differs, also for an equal day in another object, and for fields that are left out", () => {
    expect(listFieldChanges(before, { ...before, day: new Date("2030-01-31") })).toBeNull();
    expect(listFieldChanges(before, {})).toBeNull();
  });

  it("cuts long texts after the comparison", () => {
    const text = "x".repeat(300);
    const changes = listFieldChanges({ note: `${text}a` }, { note: `${text}b` });
    expect(changes).toEqual({ note: { from: `${"x".repeat(200)}…`, to: `${"x".repeat(200)}…` } });
  });
});
