import { simpleParser, type AddressObject } from "mailparser";

/** A mail as it came, and parsed. */
export type CaughtMail = {
  /** Counts from 1 since the start. */
  id: number;
  receivedAt: Date;
  /** The envelope (RFC 5321), which may differ from the headers: only it names Bcc recipients. */
  envelope: { from: string; to: string[] };
  from: string;
  to: string;
  subject: string;
  text: string | undefined;
  html: string | undefined;
  /** Unfolded, in the order of the mail. */
  headers: string[];
};

export async function parseMail(
  raw: Buffer,
  envelope: CaughtMail["envelope"],
): Promise<Omit<CaughtMail, "id" | "receivedAt">> {
  const mail = await simpleParser(raw);
  return {
    envelope,
    from: mail.from?.text ?? envelope.from,
    to: describeAddresses(mail.to) || envelope.to.join(", "),
    subject: mail.subject ?? "(no subject)",
    text: mail.text,
    html: mail.html || undefined,
    headers: mail.headerLines.map(({ line }) => line.replaceAll(/\r?\n\s+/g, " ")),
  };
}

function describeAddresses(addresses: AddressObject | AddressObject[] | undefined): string {
  return [addresses ?? []]
    .flat()
    .map(({ text }) => text)
    .join(", ");
}
