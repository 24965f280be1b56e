import { randomInt, timingSafeEqual } from "node:crypto";
import { createTransport } from "nodemailer";
import { z } from "zod";
import { findEmailConnector } from "../experience/connectors.ts";
import type { Queryable } from "../store/database.ts";

export type SentCode = { email: string; value: string; expiresAt: number; attempts: number };

/** The code was not sent: there is no mail connector, or its server does not take the mail. */
export class CodeNotSentError extends Error {}

const lifetime = 10 * 60 * 1000;
const mostAttempts = 10;

const smtpSchema = z.object({
  host: z.string(),
  port: z.number(),
  auth: z.object({ user: z.string(), pass: z.string() }).optional(),
  secure: z.boolean().default(false),
  fromEmail: z.string(),
  templates: z
    .array(z.object({ usageType: z.string(), subject: z.string(), content: z.string() }))
    .default([]),
});
const fallback = { subject: "Your verification code", content: "Your code is {{code}}." };

/**
 * Mails six digits to an address, by the mail connector and its template for the usage.
 *
 * @throws {CodeNotSentError}
 */
export async function sendCode(
  sql: Queryable,
  email: string,
  usage: "SignIn" | "Register" | "UserPermissionValidation",
): Promise<SentCode> {
  const connector = await findEmailConnector(sql);
  if (!connector) throw new CodeNotSentError("there is no mail connector");
  const { fromEmail, templates, host, port, secure, auth } = smtpSchema.parse(connector.config);
  const find = (type: string) => templates.find(({ usageType }) => usageType === type);
  const { subject, content } = find(usage) ?? find("Generic") ?? fallback;
  const value = String(randomInt(1_000_000)).padStart(6, "0");
  const fill = (text: string) => text.replaceAll("{{code}}", value);
  const transport = createTransport({ host, port, secure, ...(auth && { auth }) });
  try {
    const body = { subject: fill(subject), text: fill(content) };
    await transport.sendMail({ from: fromEmail, to: { name: "", address: email }, ...body });
  } catch (error) {
    throw new CodeNotSentError(`${host}:${port} does not take the mail`, { cause: error });
  } finally {
    transport.close();
  }
  return { email, value, expiresAt: Date.now() + lifetime, attempts: 0 };
}

/** @returns what is wrong, in Logto's words; undefined when the code is right */
export function findCodeFault(sent: SentCode, typed: string): string | undefined {
  if (sent.attempts > mostAttempts)
    return "You have exceeded the maximum number of attempts. Please request a new code.";
  if (Date.now() > sent.expiresAt)
    return "Verification code has expired. Please request a new one.";
  const [expected, actual] = [Buffer.from(sent.value), Buffer.from(typed)];
  const isRight = expected.length === actual.length && timingSafeEqual(expected, actual);
  return isRight ? undefined : "Invalid verification code.";
}
