import { createHash } from "node:crypto";

import { z } from "zod";

import { hasHidden } from "./visible-text.ts";

/** What a column has that a form can fill in. */
export type FieldValue = string | number | boolean | Date | null;

/** A value as a form and an address carry it: what the fields here read. An empty text is no value. */
export function writeField(value: FieldValue): string {
  if (value === null || value === false) return "";
  if (value === true) return "on";
  return value instanceof Date ? writeDay(value) : String(value);
}

/** @public Tells whether values are still those that a form was filled with: short, and no secret. */
export function describeVersion(values: readonly FieldValue[]): string {
  const text = JSON.stringify(values.map(writeField));
  return createHash("sha256").update(text).digest("base64url").slice(0, 16);
}

/** @public A calendar day as PostgreSQL and HTML write it, from its midnight in UTC. */
export function writeDay(day: Date): string {
  return day.toISOString().slice(0, 10);
}

/**
 * A calendar day, in no time zone: a Date at midnight UTC, which is how Prisma reads and writes a `date`. PostgreSQL
 * knows no year 0, and a form no year of five digits.
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

/** The longest address that a field takes: what every browser can open. */
const longestLink = 2_000;

const linkMessage = "Please enter an address that begins with https:// or http://.";

/**
 * The address of a page elsewhere, as it was typed. Only http and https, since a link with `javascript:` or `data:` would run
 * in our page; no spaces or invisible characters, and no name before an `@`, which passes for the host.
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

/** A field that may stay empty: null then. */
export function orEmpty<Schema extends z.ZodType>(field: Schema) {
  return z.union([z.literal("").transform(() => null), field]);
}
