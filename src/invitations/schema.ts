import { z } from "zod";

import { normalizeDomain, normalizeEmail } from "../http/email-field.ts";
import { uuidField } from "../http/uuid-field.ts";
import { roles } from "../access/roles.ts";
import { organizationParams } from "../tenancy/organization-params.ts";

/** The recipient of an invitation: an address in the form of `normalizeEmail`, or a name at Hugging Face as `@ada`. */
export type Recipient = { kind: "email" | "hugging_face"; address: string };

const mostRecipients = 50;

/** The lifetimes of an invitation in days, as options of a form. */
export const lifetimes = [
  { value: "1", label: "1 day" },
  { value: "7", label: "7 days" },
  { value: "30", label: "30 days" },
];

export const invitationParams = organizationParams.extend({ invitationId: uuidField() });

/** `createRandomToken` makes 43 characters. Other lengths are allowed, so that every wrong token gets the same answer. */
export const tokenParams = z.object({ token: z.string().max(200) });

export const guestParams = z.object({ organizationId: uuidField(), invitationId: uuidField() });

const role = z.enum(roles, "Please choose one of the roles.");

const days = z
  .enum(
    lifetimes.map(({ value }) => value),
    "Please choose when it expires.",
  )
  .transform(Number);

export const invitationsBody = z.strictObject({
  recipients: z
    .string("Please enter the people to invite.")
    .max(10_000, "Please shorten the list.")
    .transform(readRecipients)
    .refine((recipients) => recipients.length > 0, "Please enter the people to invite.")
    .refine(
      (recipients) => recipients.length <= mostRecipients,
      `Please invite at most ${mostRecipients} people at once.`,
    ),
  role,
  days,
});

export const linkBody = z.strictObject({
  role: role.exclude(["owner"], "A link cannot make someone an owner."),
  days,
  maxUses: z
    .string()
    .regex(/^([1-9]\d{0,3})?$/, "Please use a number from 1 to 9999, or nothing.")
    .transform((value) => (value === "" ? null : Number(value))),
  domains: z
    .string()
    .max(1_000)
    .transform((value) => value.split(/[\s,;]+/).filter((part) => part !== ""))
    .transform((parts, context) =>
      parts.map((part) => {
        const domain = normalizeDomain(part.replace(/^@/, ""));
        if (domain !== null) return domain;
        context.addIssue({
          code: "custom",
          message: `${part} is not a domain such as example.com.`,
        });
        return z.NEVER;
      }),
    )
    .refine((domains) => domains.length <= 20, "Please name at most 20 domains."),
});

/** How a visitor wants to sign in to answer an invitation. */
export const signInBody = z.strictObject({
  way: z.enum(["sign-in", "register", "huggingface", "other-account"]),
});

export const invitationsQuery = z.object({
  /** The last id of the page before. */
  after: z.uuid().optional(),
});

/**
 * Reads a list of email addresses and Hugging Face usernames, as people paste it: between commas, semicolons, tabs, spaces or
 * new lines, or in angle brackets behind a person's name. It has each recipient once.
 */
function readRecipients(text: string, context: z.RefinementCtx): Recipient[] {
  const found = new Map<string, Recipient>();
  const wrong = new Set<string>();
  for (const entry of text.split(/[;\t\r\n]+/).flatMap(splitAtCommas)) {
    const recipient = readRecipient(entry);
    if (recipient) found.set(recipient.address, recipient);
    else wrong.add(entry);
  }
  for (const entry of wrong) {
    const shown = entry.length > 100 ? `${entry.slice(0, 100)}…` : entry;
    const message = `${shown} is not an email address or a Hugging Face username such as @ada.`;
    context.addIssue({ code: "custom", message });
  }
  return [...found.values()];
}

/** A name before an address in angle brackets may have a comma itself: `Okafor, Chidi <chidi@example.com>`. */
function splitAtCommas(line: string): string[] {
  const parts = line.match(/(?:"[^"]*"|[^,])+/g) ?? [];
  return parts.flatMap((part, index) => {
    const address = /<([^<>]*)>\s*$/.exec(part)?.[1];
    if (address !== undefined) return [address.trim()];
    const isOfName = !/[@/]/.test(part) && parts[index + 1]?.trim().endsWith(">");
    const words = part.split(/\s+/).filter((word) => word !== "");
    if (isOfName || words.length === 0) return [];
    return words.every((word) => word.includes("@")) ? words : [part.trim()];
  });
}

/** @returns null if it is neither an address nor a name */
function readRecipient(entry: string): Recipient | null {
  const handle = /^(?:@|(?:https:\/\/)?(?:huggingface\.co|hf\.co)\/)([^/]+)\/?$/i.exec(entry)?.[1];
  if (handle !== undefined) {
    return /^[a-z0-9][a-z0-9._-]{0,95}$/i.test(handle)
      ? { kind: "hugging_face", address: `@${handle.toLowerCase()}` }
      : null;
  }
  const email = normalizeEmail(entry);
  return email === null ? null : { kind: "email", address: email };
}
