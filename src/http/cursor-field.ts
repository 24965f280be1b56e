import { z } from "zod";

import { uuidField } from "./uuid-field.ts";

/** The position of a row in a list that is sorted by time and id. */
export const position = z.object({
  // PostgreSQL knows no year 0.
  time: z.iso.datetime({ precision: 3 }).refine((text) => !text.startsWith("0000")),
  id: uuidField(),
});

export type Position = z.output<typeof position>;

/** Writes a position in a sorted list, which is the row's id and sorted columns, as an opaque text for addresses and JSON. */
export function writeCursor(values: Readonly<Record<string, string | null | undefined>>): string {
  return Buffer.from(JSON.stringify(values)).toString("base64url");
}

/**
 * Reads a position that {@link writeCursor} wrote.
 *
 * @param schema checks its values, since a caller may have invented them
 */
export function cursorField<Schema extends z.ZodType>(schema: Schema) {
  return z
    .string()
    .regex(/^[\w-]{1,2000}$/)
    .transform((text, context): unknown => {
      try {
        return JSON.parse(Buffer.from(text, "base64url").toString());
      } catch {
        context.addIssue({ code: "custom", message: "This is no position in a list." });
        return z.NEVER;
      }
    })
    .pipe(schema);
}
