import { z } from "zod";

import { cursorField } from "../http/cursor-field.ts";
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

export const auditLogQuery = z.object({ ...filters, cursor: cursorField.optional() });

export const exportQuery = z.object({ ...filters, format: z.enum(["csv", "jsonl"]) });

export type ExportFormat = z.output<typeof exportQuery>["format"];
