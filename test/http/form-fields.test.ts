import { describe, expect, it } from "vitest";
import type { z } from "zod";

import {
  checkboxField,
  dateField,
  type FieldValue,
  linkField,
  orEmpty,
  textField,
  wholeNumberField,
  writeField,
} from "../../src/http/form-fields.ts";

const estimate = orEmpty(wholeNumberField({ from: 0, to: 999 }));
const notes = textField({ longest: 10 });

describe("the kinds of fields", () => {
  it.each<[z.ZodType<FieldValue>, string | undefined, FieldValue, string]>([
    [orEmpty(dateField), "", null, ""],
    [orEmpty(dateField), "2028-02-29", new Date("2028-02-29T00:00:00Z"), "2028-02-29"],
    [estimate, "", null, ""],
    [estimate, " 0 ", 0, "0"],
    [notes, "", "", ""],
    [notes, " a\r\nb\t ", "a\nb", "a\nb"],
    [notes, "e\u0301", "é", "é"],
    [orEmpty(linkField), "", null, ""],
    [
      linkField,
      " https://acme.example/a?b=c&d=%20#e ",
      "https://acme.example/a?b=c&d=%20#e",
      "https://acme.example/a?b=c&d=%20#e",
    ],
    [linkField, "HTTP://localhost:3000", "HTTP://localhost:3000", "HTTP://localhost:3000"],
    [
      linkField,
      "https://münchen.example/ü",
      "https://münchen.example/ü",
      "https://münchen.example/ü",
    ],
    [checkboxField, "on", true, "on"],
    [checkboxField, "", false, ""],
    [checkboxField, undefined, false, ""],
  ])("read %#, and write it back", (field, sent, value, written) => {
    expect(field.parse(sent)).toEqual(value);
    expect(writeField(value)).toBe(written);
  });

  it.each<[z.ZodType, string, string]>([
    [orEmpty(dateField), "2030-02-30", "Please enter a date, such as 2030-01-31."],
    [orEmpty(dateField), "31.1.2030", "Please enter a date, such as 2030-01-31."],
    [orEmpty(dateField), "12030-01-31", "Please enter a date, such as 2030-01-31."],
    [dateField, "0000-01-01", "Please enter a year from 1000 on."],
    [dateField, "", "Please enter a date, such as 2030-01-31."],
    [wholeNumberField({ from: 1, to: 9 }), "10", "Please enter a whole number from 1 to 9."],
    [wholeNumberField({ from: 1, to: 9 }), "1.5", "Please enter a whole number from 1 to 9."],
    [wholeNumberField({ from: 1, to: 9 }), "1e0", "Please enter a whole number from 1 to 9."],
    [notes, "x".repeat(11), "Please use at most 10 characters."],
    [notes, "a\u0007b", "Please use visible characters only."],
    [checkboxField, "maybe", "Please check this or leave it."],
  ])("refuse %#: %s", (field, sent, message) => {
    const { error } = field.safeParse(sent);
    const issues = error?.issues.flatMap((issue) =>
      issue.code === "invalid_union" ? (issue.errors.at(-1) ?? []) : [issue],
    );
    expect(issues?.map((issue) => issue.message)).toContain(message);
  });
});

describe("linkField", () => {
  it.each([
    "javascript:alert(1)",
    " JavaScript://acme.example/%0aalert(1)",
    "data:text/html,<script>alert(1)</script>",
    "ftp://acme.example/",
    "//acme.example/",
    "/o/acme",
    "https://",
    "https://acme.example/a b",
    "https://acme.example/\u202egpj.exe",
    "https:\\\\acme.example",
    "https://bank.example@evil.example/",
    "https://acme.example:99999/",
    "",
  ])("refuses %j", (sent) => {
    const { error } = linkField.safeParse(sent);
    expect(error?.issues.map(({ message }) => message)).toContain(
      "Please enter an address that begins with https:// or http://.",
    );
  });

  it("takes 2000 characters, and no more", () => {
    const link = "https://acme.example/".padEnd(2_000, "x");
    expect(linkField.safeParse(link).success).toBe(true);
    expect(linkField.safeParse(`${link}x`).error?.issues[0]?.message).toBe(
      "Please use at most 2000 characters.",
    );
  });
});
