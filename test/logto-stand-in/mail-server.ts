import { afterAll, beforeAll } from "vitest";
import type { CaughtMail } from "../../dev/mail/caught-mail.ts";
import { type MailCatcher, startMailCatcher } from "../../dev/mail/server.ts";
import type { Running } from "./stand-in.ts";

const usages = ["Register", "SignIn", "ForgotPassword", "Generic"];

export type MailServer = {
  /** @returns the code in the latest mail to an address */
  readCode(to: string): string;
  /** @returns the subjects of all mails to an address, newest first */
  subjects(to: string): string[];
};

/** Settings of Logto's connector for a mail server, without a password. */
function describeMailConnector(smtpUrl: string) {
  const { hostname: host, port } = new URL(smtpUrl);
  const templates = usages.map((usageType) => ({
    usageType,
    contentType: "text/plain",
    subject: `Your code (${usageType})`,
    content: "Code: {{code}}",
  }));
  return {
    connectorId: "simple-mail-transfer-protocol",
    config: { host, port: Number(port), fromEmail: "Logto <logto@example.com>", templates },
  };
}

/** @param mails the newest first; Logto has handed a mail over before it answers */
export function readCode(mails: readonly CaughtMail[], address: string): string {
  const latest = mails.find(({ to }) => to.toLowerCase() === address.toLowerCase());
  const [, code] = /code(?: is|:) (\d{6})/i.exec(latest?.text ?? "") ?? [];
  if (code === undefined) throw new Error(`${address} got no code`);
  return code;
}

/** A mail connector for the stand-in, and the mails that it sends. */
export function useMailServer(standIn: Running): MailServer {
  let catcher: MailCatcher;
  beforeAll(async () => {
    catcher = await startMailCatcher({ smtpPort: 0, httpPort: 0 });
    await standIn.manage("POST", "/connectors", describeMailConnector(catcher.smtpUrl));
  });
  afterAll(() => catcher.stop());
  const mailsTo = (address: string) =>
    catcher.messages().filter(({ to }) => to.toLowerCase() === address.toLowerCase());
  return {
    readCode: (to) => readCode(catcher.messages(), to),
    subjects: (to) => mailsTo(to).map(({ subject }) => subject),
  };
}
