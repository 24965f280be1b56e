import { createTransport } from "nodemailer";
import type { Logger } from "pino";
import { z } from "zod";

import { loopbackHosts } from "../runtime/loopback.ts";
import { type MailContent, renderMail } from "./mail-content.tsx";

export type Mailer = {
  /**
   * Sends one mail to the mail server.
   *
   * @param mail.to one address, as a person gave it; never parsed as a list
   * @param mail.id the same each time a mail is sent, so that a mail server or program recognizes duplicates
   * @throws MailError when the mail server does not accept it
   */
  send(mail: { to: string; id: string; content: MailContent }): Promise<void>;
  close(): void;
};

type MailerOptions = {
  /** `smtp://user:password@host:587` or `smtps://…`; undefined when there is no mail server, and nothing is sent. */
  smtpUrl: string | undefined;
  /** Sender, such as `Example <mail@example.com>`. */
  from: string;
  /** For the right side of message ids. */
  baseUrl: string;
};

/** The mail server did not accept a mail. The message has a code and nothing of the mail, since it is logged and stored. */
export class MailError extends Error {
  override name = "MailError";
  /** Whether the refusal is final, so that no retry can succeed. */
  readonly isFinal: boolean;

  constructor(message: string, { isFinal = false } = {}) {
    super(message);
    this.isFinal = isFinal;
  }
}

/**
 * Sends a mail, or gives it up and logs that when the refusal is final.
 *
 * @returns whether it was sent
 * @throws MailError when the mail should be tried again
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

/** Milliseconds. `sendTimeout` is for the whole mail: a server that answers a byte at a time is never idle. */
const timeouts = { connectionTimeout: 5_000, greetingTimeout: 5_000, socketTimeout: 10_000 };
const sendTimeout = 30_000;

/** Sends mail over SMTP (nodemailer), through a pool of connections. */
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
    // STARTTLS is used where a server offers it, and required for a password. The query of the URL can override that.
    requireTLS: sendsPassword(smtpUrl),
    // A mail never includes a file or an address that something would have to fetch.
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
          // An object: nodemailer would parse a string as a list of addresses.
          to: { name: "", address: to },
          subject,
          text,
          html,
          messageId: `<${id}@${hostname}>`,
          // Prevents automatic replies (RFC 3834).
          headers: { "Auto-Submitted": "auto-generated" },
          signal: AbortSignal.timeout(sendTimeout),
        });
      } catch (error) {
        // oxlint-disable-next-line eslint/preserve-caught-error -- the answer of the server contains the address
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
 * Tells whether the mail server will never accept this address or this mail (RFC 5321, section 4.2.1: 5yz), or the address is
 * invalid. A refusal of our sender, password or TLS is not final: it ends when the settings are corrected.
 */
function isRefusal(error: unknown): boolean {
  const { code, command, responseCode } = smtpFault.safeParse(error).data ?? {};
  if (responseCode === undefined) return code === "EENVELOPE" && command === "API";
  const isAboutUs = responseCode >= 530 && responseCode < 540;
  return (command === "RCPT TO" || command === "DATA") && responseCode >= 500 && !isAboutUs;
}

/** Names nodemailer's code and the SMTP reply code (RFC 5321, section 4.2), if there are any. */
function describeFault(error: unknown): string {
  const { code = "without a code", responseCode = "" } = smtpFault.safeParse(error).data ?? {};
  return `${code} ${responseCode}`.trim();
}
