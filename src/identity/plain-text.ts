import { z } from "zod";

import { cleanName, hasHidden } from "../http/visible-text.ts";

/**
 * A name in an identity provider's answer, without invisible characters. Providers leave a name out, send null, or
 * send "": all mean none, as does a name in which nothing is visible.
 */
export const plainName = z
  .string()
  .nullish()
  .transform((value) => cleanName(value ?? ""));

/**
 * A text in an identity provider's answer that identifies: an address, a handle. A text with invisible characters counts as
 * none: cleaned, it could be another person's.
 */
export const exactText = z
  .string()
  .nullish()
  .transform((value) => {
    const text = value?.trim() ?? "";
    return text === "" || hasHidden(text) || /[\n\t]/.test(text) ? null : text;
  });
