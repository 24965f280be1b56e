import { createTransport } from "nodemailer";
import type { Logger } from "pino";
import { z } from "zod";

import { loopbackHosts } from "../runtime/loopback.ts";
import { type MailContent, renderMail } from "./mail-content.tsx";

export type Mailer = {
  /**
   * Hands one mail to the mail server.
   *
   * @param mail.to one address, as a person gave it; it is never read as a list
   * @param mail.id the same for the same mail: a mail server or program that gets it twice can tell
   * @throws MailError when the mail server does not take it
   */
  send(mail: { to: string; id: string; content: MailContent }): Promise<void>;
  close(): void;
};

type MailerOptions = {
  /** `smtp://user:password@host:587`, or `smtps://`; undefined: there is no mail server, and nothing is sent. */
  smtpUrl: string | undefined;
  /** Sender, such as `Example <mail@example.com>`. */
  from: string;
  /** For the right side of message ids. */
  baseUrl: string;
};

/** A mail that was not taken. Says by which code, and nothing of the mail: what goes wrong is logged, and kept. */
export class MailError extends Error {
  override name = "MailError";
  /** Whether it is refused for good, so that another try would be in vain. */
  readonly isFinal: boolean;

  constructor(message: string, { isFinal = false } = {}) {
    super(message);
    this.isFinal = isFinal;
  }
}

/**
 * Sends a mail, or gives it up where the mail server refuses it for good, and logs that.
 *
 * @returns whether it was sent
 * @throws MailError when it is to be tried again
 */
export async function sendOrGiveUp(
  { mailer, logger }: { mailer: Pick<Mailer, "send">; logger: Pick<Logger, "warn"> },
  mail: Parameters<Mailer["send"]>[0],
): Promise<boolean> {
  try {
    await mailer.send(mail);
    return true;
  } catch (error) {
    if (!(error instanceof MailError) || !error.isFinal) throw error;
    logger.warn({ part: "mail", mailId: mail.id, reason: error.message }, "a mail was given up");
    return false;
  }
}

/** Milliseconds. The last one is for all of it: a server that goes on a byte at a time is never idle. */
const timeouts = { connectionTimeout: 5_000, greetingTimeout: 5_000, socketTimeout: 10_000 };
const sendTimeout = 30_000;

/** Sends mail over SMTP (nodemailer), over a few connections that are kept. */
export function createMailer({ smtpUrl, from, baseUrl }: MailerOptions): Mailer {
  if (smtpUrl === undefined) {
    return {
      send: () => Promise.reject(new MailError("SMTP_URL is not set: mail waits until it is.")),
      close: () => undefined,
    };
  }
  const transport = createTransport({
    url: smtpUrl,
    pool: true,
    ...timeouts,
    // Where a server offers STARTTLS it is used; a password is never sent without. The URL's query may say otherwise.
    requireTLS: sendsPassword(smtpUrl),
    // A mail is what we say, and nothing that is fetched.
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  const { hostname } = new URL(baseUrl);
  return {
    async send({ to, id, content }) {
      const { subject, text, html } = renderMail(content);
      try {
        await transport.sendMail({
          from,
          // As an object: nodemailer would read a string as a list of addresses.
          to: { name: "", address: to },
          subject,
          text,
          html,
          messageId: `<${id}@${hostname}>`,
          // Nobody is out of office for a robot (RFC 3834).
          headers: { "Auto-Submitted": "auto-generated" },
          signal: AbortSignal.timeout(sendTimeout),
        });
      } catch (error) {
        // oxlint-disable-next-line eslint/preserve-caught-error -- what the server said has the address in it
        throw new MailError(`The mail server did not take it (${describeFault(error)}).`, {
          isFinal: isRefusal(error),
        });
      }
    },
    close: () => transport.close(),
  };
}

/** Whether a password would cross a network. */
function sendsPassword(smtpUrl: string): boolean {
  const { protocol, username, hostname } = new URL(smtpUrl);
  return protocol === "smtp:" && username !== "" && !loopbackHosts.has(hostname);
}

const smtpFault = z.object({
  code: z.string().optional().catch(undefined),
  command: z.string().optional().catch(undefined),
  responseCode: z.int().optional().catch(undefined),
});

/**
 * Whether the mail server refuses this address or this mail, and always will (RFC 5321, section 4.2.1: 5yz), or the address
 * is none. What it says of us (the sender, a password, TLS) ends once somebody has corrected our settings.
 */
function isRefusal(error: unknown): boolean {
  const { code, command, responseCode } = smtpFault.safeParse(error).data ?? {};
  if (responseCode === undefined) return code === "EENVELOPE" && command === "API";
  const isAboutUs = responseCode >= 530 && responseCode < 540;
  return (command === "RCPT TO" || command === "DATA") && responseCode >= 500 && !isAboutUs;
}

/** nodemailer's own code and SMTP's (RFC 5321, section 4.2), as far as there are any. */
function describeFault(error: unknown): string {
  if (!(error instanceof Error)) return "without a code";
  const codes = [
    "code" in error && typeof error.code === "string" ? error.code : "without a code",
    "responseCode" in error && typeof error.responseCode === "number" ? error.responseCode : "",
  ];
  return codes.join(" ").trim();
}
