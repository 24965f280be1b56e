import { z } from "zod";

/**
 * A text out of an identity provider's answer. They leave out, send null, or send "": all mean none. PostgreSQL takes
 * neither NUL nor half a surrogate pair; the way through UTF-8 mends the latter.
 */
export const plainText = z
  .string()
  .nullish()
  .transform(
    (value) =>
      Buffer.from(value?.replaceAll("\0", "") ?? "")
        .toString()
        .trim() || null,
  );
