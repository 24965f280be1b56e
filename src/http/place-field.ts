import { z } from "zod";

/** Writes a place in a sorted list as an opaque text for addresses. It has the sorted columns and the row's id. */
export function writePlace(place: Readonly<Record<string, string | null>>): string {
  return Buffer.from(JSON.stringify(place)).toString("base64url");
}

/**
 * Reads a place that {@link writePlace} wrote.
 *
 * @param schema checks its values, since a caller may have invented them
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
