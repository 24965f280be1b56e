import { productName } from "../../src/runtime/product.ts";
import type { MailServer } from "../logto/experience/connectors.ts";

/** Describes the server of SMTP_URL for Logto's mail connector. */
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
