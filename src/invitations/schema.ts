import { z } from "zod";

import { normalizeDomain, normalizeEmail } from "../http/email-field.ts";
import { uuidField } from "../http/uuid-field.ts";
import { roles } from "../access/roles.ts";
import { organizationParams } from "../tenancy/organization-params.ts";

/** The recipient of an invitation: an address in the form of `normalizeEmail`, or a name at Hugging Face as `@ada`. */
export type Recipient = { kind: "email" | "hugging_face"; address: string };

/** One line of a pasted list, with the recipient that it names, or with its fault. */
export type RecipientLine = { text: string } & ({ recipient: Recipient } | { fault: string });

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
    .string("Please say whom to invite.")
    .max(10_000, "Please shorten the list.")
    .transform(readRecipients)
    .refine((lines) => lines.length > 0, "Please say whom to invite.")
    .refine(
      (lines) => lines.length <= mostRecipients,
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
        context.addIssue({ code: "custom", message: `${part} is no domain of email addresses.` });
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
 * Reads a pasted list of email addresses and names at Hugging Face: on lines of their own, between commas or semicolons, or
 * with a person's name before an address in angle brackets. That name may have a comma if it is in quotation marks.
 */
function readRecipients(text: string): RecipientLine[] {
  const entries = text.match(/(?:"[^"\r\n]*"|[^,;\r\n])+/g) ?? [];
  return entries
    .map((entry) => (/<([^<>]*)>\s*$/.exec(entry)?.[1] ?? entry).trim())
    .filter((entry) => entry !== "")
    .map((entry) => ({ text: entry, ...readRecipient(entry) }));
}

function readRecipient(line: string): { recipient: Recipient } | { fault: string } {
  if (/\s/.test(line)) return { fault: "Please put a comma or a new line between addresses." };
  const handle = /^(?:@|(?:https:\/\/)?(?:huggingface\.co|hf\.co)\/)([^/]+)\/?$/i.exec(line)?.[1];
  if (handle !== undefined) {
    return /^[a-z0-9][a-z0-9._-]{0,95}$/i.test(handle)
      ? { recipient: { kind: "hugging_face", address: `@${handle.toLowerCase()}` } }
      : { fault: "That is no name at Hugging Face." };
  }
  const email = normalizeEmail(line);
  return email === null
    ? { fault: "That is neither an email address nor a name at Hugging Face such as @ada." }
    : { recipient: { kind: "email", address: email } };
}
