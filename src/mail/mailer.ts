import { createTransport } from "nodemailer";

import { type MailContent, renderMail } from "./mail-content.tsx";

export type Mailer = {
  /**
   * Hands one mail to the mail server.
   *
   * @param mail.to one address, as a person gave it; it is never read as a list
   * @param mail.id the same for the same mail: a mail server or program that gets it twice can tell
   * @throws when the mail server does not take it: to be tried again
   */
  send(mail: { to: string; id: string; content: MailContent }): Promise<void>;
  close(): void;
};

type MailerOptions = {
  /** `smtp://user:password@host:587`, or `smtps://`; undefined: there is no mail server, and nothing is sent. */
  smtpUrl: string | undefined;
  /** Sender, such as `Tenantry <mail@example.com>`. */
  from: string;
  /** For the right side of message ids. */
  baseUrl: string;
};

/** Sends mail over SMTP (nodemailer), over a few connections that are kept. */
export function createMailer({ smtpUrl, from, baseUrl }: MailerOptions): Mailer {
  if (smtpUrl === undefined) {
    return {
      send: () => Promise.reject(new Error("SMTP_URL is not set: mail waits until it is.")),
      close: () => undefined,
    };
  }
  const timeouts = { connectionTimeout: 5_000, greetingTimeout: 5_000, socketTimeout: 10_000 };
  // `jsonTransport` and files of the host are none of a mail's business.
  const safe = { disableFileAccess: true, disableUrlAccess: true };
  const transport = createTransport({ url: smtpUrl, pool: true, ...timeouts, ...safe });
  const { hostname } = new URL(baseUrl);
  return {
    async send({ to, id, content }) {
      const { subject, text, html } = renderMail(content);
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
      });
    },
    close: () => transport.close(),
  };
}
