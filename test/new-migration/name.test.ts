import { describe, expect, it } from "vitest";

import { nameMigration } from "../../dev/new-migration/name.ts";

const now = new Date("2031-05-06T07:08:09.123Z");

describe("nameMigration()", () => {
  it("puts the time before the name", () => {
    expect(nameMigration("add-color2", [], now)).toBe("20310506070809_add_color2");
    expect(nameMigration("add_color", ["20310506070808_x"], now)).toBe("20310506070809_add_color");
  });

  it.each(["20310506070809_x", "20310506070959_x", "20410101000000_x"])(
    "comes after the last one, %s, also where clocks differ",
    (last) => {
      const name = nameMigration("add-color", ["20261123120000_first", last], now);
      expect([name, last].toSorted()).toEqual([last, name]);
      expect(name).toMatch(/^\d{14}_add_color$/);
    },
  );

  it.each(["", "Add-Color", "add color", "../x", "-x", "x-", "a--b", "1st", "é", "x".repeat(101)])(
    "refuses %j",
    (name) => {
      expect(() => nameMigration(name, [], now)).toThrow("A name has lower-case letters");
    },
  );
});
