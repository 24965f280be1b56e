import { z } from "zod";

import { cleanName, hasHidden } from "../http/visible-text.ts";

/**
 * What something is called in an identity provider's answer, without what nobody sees. They leave out, send null, or
 * send "": all mean none, as does a name in which nothing is visible.
 */
export const plainName = z
  .string()
  .nullish()
  .transform((value) => cleanName(value ?? ""));

/**
 * A text out of an identity provider's answer that says who or where: an address, a handle. One with something in it
 * that nobody sees counts as none: cleaned, it could be somebody else's.
 */
export const exactText = z
  .string()
  .nullish()
  .transform((value) => {
    const text = value?.trim() ?? "";
    return text === "" || hasHidden(text) || /[\n\t]/.test(text) ? null : text;
  });
