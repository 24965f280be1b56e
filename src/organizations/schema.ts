import { z } from "zod";

import { nameField } from "../http/name-field.ts";
import { noticeField } from "../http/notice-field.ts";
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

const notices = {
  left: "You left the organization.",
  deleted:
    "The organization is deleted. Nobody can use it any more; until it is removed for good, you can restore it here.",
};

/** @param ofFeatures the sentences of features that lead to the list */
export const organizationsQuery = (ofFeatures: Readonly<Record<string, string>>) =>
  z.object({ notice: noticeField({ ...notices, ...ofFeatures }) });

const settingsNotices = {
  saved: "Your changes were saved.",
  moved: "The address was changed. Links to the former one lead here for 90 days.",
  transferred: "The organization was handed over. You are one of its admins now.",
  restored: "The organization is back, as it was.",
};

export type SettingsNotice = keyof typeof settingsNotices;

export const settingsQuery = z.object({ notice: noticeField(settingsNotices) });
