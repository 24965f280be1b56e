import { z } from "zod";

import { uuidField } from "../http/uuid-field.ts";

/** Stands for the application itself where a person's id could stand. */
export const application = "application";

/** A form sends what was left empty as well. */
const emptyIsAbsent = (value: unknown) => (value === "" ? undefined : value);

const optional = <Schema extends z.ZodType>(schema: Schema) =>
  z.preprocess(emptyIsAbsent, schema.optional());

/** A day by UTC, in years that PostgreSQL and people can do something with. */
const day = z.iso.date().regex(/^[12]/);

const filters = {
  action: optional(z.string().max(100)),
  actor: optional(uuidField().or(z.literal(application))),
  /** The first and the last day. */
  from: optional(day),
  to: optional(day),
};

/** Which events somebody wants to see. */
export type EventFilters = {
  [Name in keyof typeof filters]?: z.output<(typeof filters)[Name]> | undefined;
};

/** Where a page ends: its last event. */
export type Position = { occurredAt: string; id: string };

const cursorPattern =
  /^([12]\d{3}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z) ([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;

/** A position as an address carries it. */
export function writeCursor({ occurredAt, id }: Position): string {
  return Buffer.from(`${occurredAt} ${id}`).toString("base64url");
}

const cursor = z.string().transform((value, { issues }): Position => {
  const [, occurredAt = "", id = ""] =
    cursorPattern.exec(Buffer.from(value, "base64url").toString()) ?? [];
  const position = { occurredAt, id };
  if (Number.isNaN(Date.parse(occurredAt)) || writeCursor(position) !== value) {
    issues.push({ code: "custom", message: "This is no place in the list.", input: value });
  }
  return position;
});

export const auditLogQuery = z.object({ ...filters, cursor: cursor.optional() });

export const exportQuery = z.object({ ...filters, format: z.enum(["csv", "jsonl"]) });

export type ExportFormat = z.output<typeof exportQuery>["format"];
