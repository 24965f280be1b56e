import { z } from "zod";

import { uuidField } from "./uuid-field.ts";

const position = z.object({
  // PostgreSQL knows no year 0.
  time: z.iso.datetime({ precision: 3 }).refine((text) => !text.startsWith("0000")),
  id: uuidField(),
});

/** A place in a list that is sorted by time and id: the row with these two. */
export type Position = z.output<typeof position>;

/** Writes a position as an opaque text for addresses and JSON. */
export function writeCursor({ time, id }: Position): string {
  return Buffer.from(`${time} ${id}`).toString("base64url");
}

/** Reads a position that {@link writeCursor} wrote. */
export const cursorField = z
  .string()
  .regex(/^[\w-]{1,100}$/)
  .transform((text) => {
    const [time, id] = Buffer.from(text, "base64url").toString().split(" ");
    return { time, id };
  })
  .pipe(position);
