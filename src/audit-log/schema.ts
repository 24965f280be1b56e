import { z } from "zod";

import { cursorField, position } from "../http/cursor-field.ts";
import { uuidField } from "../http/uuid-field.ts";

/** Names the application itself in place of a person's id. */
export const application = "application";

/** A form sends empty fields, too. */
const emptyIsAbsent = (value: unknown) => (value === "" ? undefined : value);

const optional = <Schema extends z.ZodType>(schema: Schema) =>
  z.preprocess(emptyIsAbsent, schema.optional());

/** A day in UTC, from the year 1000 to 2999. */
const day = z.iso.date().regex(/^[12]/);

const filters = {
  /** Words, all of which an entry must have. */
  search: optional(z.string().trim().max(100)),
  action: optional(z.string().max(100)),
  actor: optional(uuidField().or(z.literal(application))),
  /** The first and the last day. */
  from: optional(day),
  to: optional(day),
};

/** The filters of the log. */
export type EventFilters = {
  [Name in keyof typeof filters]?: z.output<(typeof filters)[Name]> | undefined;
};

export const auditLogQuery = z.object({ ...filters, cursor: cursorField(position).optional() });

export const exportQuery = z.object({ ...filters, format: z.enum(["csv", "jsonl"]) });

export type ExportFormat = z.output<typeof exportQuery>["format"];
