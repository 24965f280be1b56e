import type { CaughtMail } from "./post-office.ts";

/** A name that mail programs would turn into a link. */
export const linkingName = "Verify now: https://www.evil.example/login";

/** The same name in a mail. */
const writtenName = "Verify now: https www evil example login";

/** The texts of our mails that mail programs would turn into links. */
const link = /evil\.example|www\.|https?:|@evil\.|\w\.[a-z]/i;

/** Lists the faults of mails about a person called {@link linkingName}: the mails must name them, and link only to us. */
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
