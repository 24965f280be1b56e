import { productName } from "../../src/runtime/product.ts";
import type { MailServer } from "../logto/experience/connectors.ts";

/** The server of SMTP_URL as Logto's connector for mail wants it. */
export function describeMailServer(smtpUrl: string): MailServer {
  const { protocol, hostname, port, username, password } = new URL(smtpUrl);
  const secure = protocol === "smtps:";
  return {
    host: hostname,
    port: Number(port) || (secure ? 465 : 587),
    secure,
    fromEmail: `${productName} <sign-in@example.test>`,
    ...(username !== "" && {
      auth: { user: decodeURIComponent(username), pass: decodeURIComponent(password) },
    }),
  };
}
