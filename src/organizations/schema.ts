import { z } from "zod";

import { nameField } from "../http/name-field.ts";
import { uuidField } from "../http/uuid-field.ts";

/** The longest address an organization may have. */
export const longestSlug = 40;

/** An organization's part of its address. People may type capital letters; addresses have small ones. */
const slug = z
  .string("Please enter an address.")
  .transform((value) => value.trim().toLowerCase())
  .pipe(
    z
      .string()
      .min(2, "Please use at least 2 characters.")
      .max(longestSlug, `Please use at most ${longestSlug} characters.`)
      .regex(
        /^[a-z0-9]+(-[a-z0-9]+)*$/,
        "Please use the letters a to z, digits, and single hyphens between them.",
      ),
  );

export const createOrganizationBody = z.strictObject({ name: nameField });

/** A field that is left out does not change. */
export const settingsBody = z.strictObject({ name: nameField, slug }).partial();

export const deletionBody = z.strictObject({ confirmation: z.string().max(200) });

export const ownershipBody = z.strictObject({ userId: uuidField("Please choose a person.") });
