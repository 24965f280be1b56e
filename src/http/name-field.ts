import { z } from "zod";

/** Control characters, invisible ones, and those that turn the reading direction of what follows. */
const deceptive = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\u2028\u2029]/u;

/** Zero-width joiners where writing needs them: inside emoji, and between letters of other alphabets. */
const joiners = /(?<=[^\p{ASCII}\p{Cf}\s])[\u200c\u200d](?=[^\p{ASCII}\p{Cf}\s])/gu;

/** The longest name that people may give to something. */
export const longestName = 80;

/** A name as people read it: one line, in Unicode's composed form, without invisible characters. */
export const nameField = z
  .string("Please enter a name.")
  .transform((value) => value.normalize("NFC").trim())
  .pipe(
    z
      .string()
      .min(1, "Please enter a name.")
      .max(longestName, `Please use at most ${longestName} characters.`)
      .refine(
        (value) => !deceptive.test(value.replaceAll(joiners, "")),
        "Please use visible characters only.",
      ),
  );
