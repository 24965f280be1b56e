import type { CaughtMail } from "./post-office.ts";

/** A name that mail programs would make links of. */
export const linkingName = "Verify now: https://www.evil.example/login";

/** How a mail has it. */
const writtenName = "Verify now: https www evil example login";

/** What mail programs make links of, as far as our mails could have it. */
const link = /evil\.example|www\.|https?:|@evil\.|\w\.[a-z]/i;

/** What is wrong with mails about somebody of {@link linkingName}: they have to name them, and link only to us. */
export function findMailFaults(
  mails: readonly CaughtMail[],
  { baseUrl }: { baseUrl: string },
): string[] {
  if (mails.length === 0) return ["There is no mail."];
  return mails.flatMap(({ subject, text = "", html = "" }) => {
    const own = (whole: string) =>
      whole.replaceAll(baseUrl, "").replaceAll(/[\w-]+@x\.example/g, "");
    const parts = [subject, own(text), own(html.replaceAll(/<[^>]*>/g, " "))];
    const hrefs = [...html.matchAll(/href="([^"]*)"/g)].map(([, href = ""]) => href);
    return [
      ...(subject.includes(writtenName) ? [] : [`It is about nobody: ${subject}`]),
      ...parts.filter((part) => link.test(part)),
      ...hrefs.filter((href) => !href.startsWith(`${baseUrl}/`)),
    ];
  });
}
