import { z } from "zod";

/** Control characters, invisible ones, and those that turn the reading direction of what follows. */
const deceptive = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\u2028\u2029]/u;

/** A name as people read it: one line, in Unicode's composed form, without invisible characters. */
const displayName = z
  .string("Please enter a name.")
  .transform((value) => value.normalize("NFC").trim())
  .pipe(
    z
      .string()
      .min(1, "Please enter a name.")
      .max(80, "Please use at most 80 characters.")
      .refine((value) => !deceptive.test(value), "Please use visible characters only."),
  );

export const createOrganizationBody = z.strictObject({ name: displayName });

export const organizationParams = z.object({ slug: z.string().max(100) });
