import { describe, expect, it } from "vitest";
import { z } from "zod";

import { groupByField } from "../../src/http/errors.ts";
import { readInput } from "../../src/http/issues.ts";

/** The messages about one field. */
function complain(schema: z.ZodType, value: unknown): string[] {
  const result = readInput(z.strictObject({ field: schema }), { field: value }, "form");
  return "issues" in result
    ? result.issues.map(({ field, message }) => `${field}: ${message}`)
    : ["none"];
}

describe("readInput()", () => {
  it.each<[string, z.ZodType, unknown, string]>([
    ["a missing field", z.string(), undefined, "This field is missing."],
    ["another type", z.number(), "x", "This must be a number."],
    ["a field sent twice", z.string(), ["a", "b"], "This must be text, and sent once."],
    ["a choice", z.enum(["", "red", "blue"]), "x", "This must be one of these: red, blue."],
    ["a literal", z.literal("yes"), "x", "This must be yes."],
    ["an empty text", z.string().min(1), "", "Please fill this in."],
    ["a short text", z.string().min(3), "x", "This must have at least 3 characters."],
    ["a long text", z.string().max(3), "xxxx", "This must have at most 3 characters."],
    ["a small number", z.number().min(3), 1, "This must be at least 3."],
    ["a number at its bound", z.number().lt(3), 3, "This must be less than 3."],
    ["a number between two", z.number().multipleOf(5), 3, "This must be a multiple of 5."],
    ["a short list", z.array(z.string()).min(1), [], "This must have at least 1 entries."],
    ["a day", z.iso.date(), "2030-02-30", "This must be a date, such as 2030-01-31."],
    ["an address", z.email(), "x", "This must be an email address, such as ada@example.com."],
    ["a pattern", z.string().regex(/^a$/), "x", "This must be in the form that is asked for."],
    [
      "alternatives",
      z.union([z.literal(""), z.iso.date()]),
      "x",
      "This must be a date, such as 2030-01-31.",
    ],
    [
      "a rule of one's own",
      z.string().refine(() => false),
      "x",
      "This is not what is asked for here.",
    ],
    [
      "a sentence of one's own",
      z.string("Please enter a name."),
      undefined,
      "Please enter a name.",
    ],
  ])("describes the fault of %s", (_what, schema, value, sentence) => {
    expect(complain(schema, value)).toEqual([`field: ${sentence}`]);
  });

  it("never uses Zod's words, for any schema and value, and names the field or the input", () => {
    const text = z.string();
    // Each kind of issue that Zod has, in schemas of every shape.
    const schemas: z.ZodType[] = [
      text.min(2).max(3).regex(/^a/).startsWith("a").includes("b").lowercase(),
      z.email(),
      z.iso.duration(),
      z.number().int().min(1).max(2),
      z.number().multipleOf(2).lt(1).gt(0),
      z.coerce.number(),
      z.nan(),
      z.stringbool(),
      z.date().min(new Date(0)),
      z.undefined(),
      z.never(),
      z.file(),
      z.array(text).min(1).max(1),
      z.tuple([text, z.number()]),
      z.set(text).min(3),
      z.map(text, text),
      z.record(z.enum(["a"]), text),
      z.strictObject({ a: z.strictObject({ b: text }) }),
      z.literal(["a", 1]),
      z.templateLiteral(["a", z.number()]),
      z.union([text, z.number()]),
      z.discriminatedUnion("a", [z.object({ a: z.literal("x") }), z.object({ a: z.literal("y") })]),
      z.intersection(z.object({ a: text }), z.object({ b: text })),
      text.optional().nonoptional(),
      z.instanceof(Date),
      text.superRefine((_value, context) => context.addIssue({ code: "custom" })),
    ];
    const values: unknown[] = [undefined, null, "", "zz", -1.5, Number.NaN, ["a", "a"], [[1]]];
    values.push({ a: { b: 1, c: 1 } }, { a: "z", z: 1 }, new Date(Number.NaN), new Set([1]));
    let refused = 0;
    for (const schema of schemas) {
      for (const value of values) {
        for (const [shape, sent] of [
          [schema, value],
          [z.object({ field: schema }), { field: value }],
        ] as const) {
          const result = readInput(shape, sent, "document");
          for (const { field, message } of "issues" in result ? result.issues : []) {
            refused += 1;
            expect(field).not.toBe("");
            expect(message).toMatch(/^(This|The document|Please) .*[.…]$/s);
            expect(message).not.toMatch(
              /Invalid|expected|received|Unrecognized|Too |nonoptional|never|undefined|NaN/,
            );
          }
        }
      }
    }
    expect(refused).toBeGreaterThan(300);
  });

  it("names the first ten unknown fields, with their paths", () => {
    const extra = Object.fromEntries(
      Array.from({ length: 12 }, (_none, index) => [`x${index}`, ""]),
    );
    const result = readInput(
      z.strictObject({ inner: z.strictObject({}) }),
      { inner: { priority: 1 }, ["n".repeat(200)]: 1, ...extra },
      "document",
    );
    const issues = "issues" in result ? result.issues : [];
    expect(issues).toHaveLength(11);
    expect(issues[0]).toEqual({
      field: "inner.priority",
      message: "The document contains an unknown field: priority.",
    });
    expect(issues[1]?.message).toBe(`The document contains an unknown field: ${"n".repeat(100)}….`);
  });

  it("reports fields with the names of an object's own properties", () => {
    const sent: unknown = JSON.parse('{"__proto__": 1, "constructor": 1}');
    const result = readInput(z.strictObject({}), sent, "form");
    expect(Object.keys(groupByField("issues" in result ? result.issues : []))).toEqual([
      "__proto__",
      "constructor",
    ]);
  });
});
