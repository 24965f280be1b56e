import { z } from "zod";

import { cleanName } from "./visible-text.ts";

/** The longest name that people may give a thing. */
export const longestName = 80;

/** A name that a person types. It refuses every character that {@link cleanName} would remove. */
export const nameField = z
  .string("Please enter a name.")
  .transform((value) =>
    value
      .normalize("NFC")
      .replaceAll(/\p{Zs}+/gu, " ")
      .trim(),
  )
  .pipe(
    z
      .string()
      .min(1, "Please enter a name.")
      .max(longestName, `Please use at most ${longestName} characters.`)
      .check(({ value, issues }) => {
        const name = cleanName(value);
        if (name === value || value === "") return;
        const message =
          name === null
            ? "This has no visible character. Please enter a name."
            : "Please use visible characters only.";
        issues.push({ code: "custom", message, input: value });
      }),
  );
