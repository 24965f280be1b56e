import { z } from "zod";

/** A place in a sorted list, as addresses carry it: opaque. It has what the list is sorted by, and the row's id. */
export function writePlace(place: Readonly<Record<string, string | null>>): string {
  return Buffer.from(JSON.stringify(place)).toString("base64url");
}

/**
 * What {@link writePlace} wrote.
 *
 * @param schema what it has: whoever asks may have made it up
 */
export function placeField<Schema extends z.ZodType>(schema: Schema) {
  return z
    .string()
    .regex(/^[\w-]{1,2000}$/)
    .transform((text, context): unknown => {
      try {
        return JSON.parse(Buffer.from(text, "base64url").toString());
      } catch {
        context.addIssue({ code: "custom", message: "This is no place in a list." });
        return z.NEVER;
      }
    })
    .pipe(schema);
}
