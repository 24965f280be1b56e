import { createHash } from "node:crypto";

import { z } from "zod";

import { hasHidden } from "./visible-text.ts";

/** A column's value that a form can fill in. */
export type FieldValue = string | number | boolean | Date | null;

/** Writes a value for a form or an address, so that the fields below can read it. An empty text means no value. */
export function writeField(value: FieldValue): string {
  if (value === null || value === false) return "";
  if (value === true) return "on";
  return value instanceof Date ? writeDay(value) : String(value);
}

/** @public A short hash of values, to tell whether they have changed since a form was filled with them. It is no secret. */
export function describeVersion(values: readonly FieldValue[]): string {
  const text = JSON.stringify(values.map(writeField));
  return createHash("sha256").update(text).digest("base64url").slice(0, 16);
}

/** @public Writes a calendar day, given as its midnight in UTC, as PostgreSQL and HTML do. */
export function writeDay(day: Date): string {
  return day.toISOString().slice(0, 10);
}

/**
 * A calendar day without a time zone: a Date at midnight UTC, as Prisma reads and writes a `date`. PostgreSQL knows no
 * year 0, and a form knows no year of five digits.
 */
export const dateField = z.iso
  .date("Please enter a date, such as 2030-01-31.")
  .regex(/^[1-9]/, "Please enter a year from 1000 on.")
  .transform((text) => new Date(`${text}T00:00:00Z`));

/** A whole number between two bounds, both included. */
export function wholeNumberField({ from, to }: { from: number; to: number }) {
  const message = `Please enter a whole number from ${from} to ${to}.`;
  return z
    .string(message)
    .trim()
    .regex(/^-?\d{1,15}$/, message)
    .transform(Number)
    .refine((value) => value >= from && value <= to, message);
}

/** Text of several lines, in Unicode's composed form. It may be empty. */
export function textField({ longest }: { longest: number }) {
  return z
    .string("Please enter a text.")
    .transform((value) => value.normalize("NFC").replaceAll(/\r\n?/g, "\n").trim())
    .pipe(
      z
        .string()
        .max(longest, `Please use at most ${longest} characters.`)
        .refine((value) => !hasHidden(value), "Please use visible characters only."),
    );
}

/** The longest address that a field accepts: every browser can open it. */
const longestLink = 2_000;

const linkMessage = "Please enter an address that begins with https:// or http://.";

/**
 * The address of a page elsewhere, unchanged. It accepts http and https only, since a link with `javascript:` or `data:`
 * would run in our page. It refuses spaces, invisible characters, and a name before an `@`, which looks like the host.
 */
export const linkField = z
  .string(linkMessage)
  .trim()
  .max(longestLink, `Please use at most ${longestLink} characters.`)
  .regex(/^https?:\/\/[^\s\\\p{C}]+$/iu, linkMessage)
  .refine((text) => {
    const url = URL.parse(text);
    return url !== null && url.username === "" && url.password === "";
  }, linkMessage);

/** A checkbox: browsers send "on" where it is checked, and nothing where it is not. */
export const checkboxField = z
  .literal(["", "on"], "Please check this or leave it.")
  .optional()
  .transform((value) => value === "on");

/** A field that may stay empty. An empty one is null. */
export function orEmpty<Schema extends z.ZodType>(field: Schema) {
  return z.union([z.literal("").transform(() => null), field]);
}
