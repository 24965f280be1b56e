import { z } from "zod";

import { uuidField } from "./uuid-field.ts";

const position = z.object({
  // PostgreSQL knows no year 0.
  time: z.iso.datetime({ precision: 3 }).refine((text) => !text.startsWith("0000")),
  id: uuidField(),
});

/** A place in a list that is sorted by a time and an id: at the row that has these. */
export type Position = z.output<typeof position>;

/** A position as addresses and JSON carry it: opaque, and good for nothing else. */
export function writeCursor({ time, id }: Position): string {
  return Buffer.from(`${time} ${id}`).toString("base64url");
}

/** What {@link writeCursor} wrote. */
export const cursorField = z
  .string()
  .regex(/^[\w-]{1,100}$/)
  .transform((text) => {
    const [time, id] = Buffer.from(text, "base64url").toString().split(" ");
    return { time, id };
  })
  .pipe(position);
