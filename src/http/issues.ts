import type { z } from "zod";

import type { Issue } from "./errors.ts";

/** The kind of input, as the sentence about an unknown field calls it. */
export type InputPlace = "form" | "document" | "address";

/** It lists no more unknown fields than these, and cuts longer names. */
const mostUnknown = 10;
const longestShown = 100;

/** Zod's types, in words for people. */
const typeNames: Readonly<Record<string, string>> = {
  string: "text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  date: "a date",
  array: "a list",
  object: "an object",
  record: "an object",
  map: "an object",
  tuple: "a list",
  set: "a list",
  bigint: "a whole number",
  null: "nothing",
};

/** Zod's formats, in words for people and with an example. */
const formatNames: Readonly<Record<string, string>> = {
  email: "an email address, such as ada@example.com",
  url: "an address, such as https://example.com",
  uuid: "an id, such as 0191d2c0-0000-7000-8000-000000000000",
  date: "a date, such as 2030-01-31",
  time: "a time, such as 09:30:00",
  datetime: "a date and time, such as 2030-01-31T09:30:00Z",
};

/** The units of a length or size, by Zod's types. */
const units: Readonly<Record<string, string>> = {
  string: " characters",
  array: " entries",
  set: " entries",
  map: " entries",
};

/**
 * Validates an input. The sentence of an issue is the schema's own, or one from this file. Nobody sees Zod's words.
 */
export function readInput<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  place: InputPlace,
): { data: z.output<Schema> } | { issues: Issue[] } {
  const result = schema.safeParse(value, { error: describeIssue });
  return result.success ? { data: result.data } : { issues: listIssues(result.error, place) };
}

/** The sentence about a field that the schema does not know. */
export function describeUnknownField(name: string, place: InputPlace = "form"): string {
  const shown = name.length > longestShown ? `${name.slice(0, longestShown)}…` : name;
  return `The ${place} contains an unknown field: ${shown}.`;
}

function listIssues(error: z.ZodError, place: InputPlace): Issue[] {
  return error.issues.flatMap((issue) => {
    if (issue.code !== "unrecognized_keys") {
      // An issue without a path is about the whole input, such as a list in place of an object.
      return [{ field: issue.path.join(".") || place, message: issue.message }];
    }
    return issue.keys.slice(0, mostUnknown).map((key) => ({
      field: [...issue.path, key.slice(0, longestShown)].join("."),
      message: describeUnknownField(key, place),
    }));
  });
}

/** The sentence for an issue whose schema brings none: it says what the field must be. */
function describeIssue(issue: z.core.$ZodRawIssue): string {
  switch (issue.code) {
    case "invalid_type":
      return describeType(issue.expected, issue.input);
    case "invalid_value":
      return describeChoice(issue.values);
    case "invalid_format":
      return `This must be ${formatNames[issue.format] ?? "in the form that is asked for"}.`;
    case "too_small":
      if (issue.origin === "string" && issue.minimum === 1) return "Please fill this in.";
      return `This must ${describeBound(issue.inclusive === false ? "more than" : "at least", issue.minimum, issue.origin)}.`;
    case "too_big":
      return `This must ${describeBound(issue.inclusive === false ? "less than" : "at most", issue.maximum, issue.origin)}.`;
    case "not_multiple_of":
      return `This must be a multiple of ${issue.divisor}.`;
    case "invalid_union":
      // The last alternative is the one for a value that is not empty.
      return issue.errors.at(-1)?.[0]?.message ?? "This is none of what is accepted here.";
    // listIssues() describes each unknown field by itself.
    case "unrecognized_keys":
    case "invalid_key":
    case "invalid_element":
    case "custom":
      break;
  }
  return "This is not what is asked for here.";
}

function describeType(expected: string, input: unknown): string {
  if (input === undefined) return "This field is missing.";
  const once = Array.isArray(input) && expected !== "array" ? ", and sent once" : "";
  return `This must be ${typeNames[expected] ?? "of another kind"}${once}.`;
}

function describeChoice(values: readonly unknown[]): string {
  const offered = values.filter((value) => value !== "").map(String);
  return offered.length === 1
    ? `This must be ${offered[0]}.`
    : `This must be one of these: ${offered.join(", ")}.`;
}

function describeBound(bound: string, limit: number | bigint, origin: string): string {
  const unit = units[origin];
  return unit === undefined ? `be ${bound} ${limit}` : `have ${bound} ${limit}${unit}`;
}
