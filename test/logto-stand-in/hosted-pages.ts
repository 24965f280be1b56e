import type { Page } from "../support/browser.ts";
import { type Members, pickRecording, readFixture } from "./recordings.ts";
import { application, type Running } from "./stand-in.ts";

type Seen = { after: string; url: string; text: string };
type HostedPages = { name: string; setting?: Members; seen: Seen[] };

const { entries }: { entries: HostedPages[] } = readFixture("hosted-pages");

/** The application of the recordings, and its connectors. */
const recordedApplication = "f7ontj3dj80wl1znftwrc";
const recordedConnectors = ["94n4ne8fiesi", "d9161avei8rj"];

/** Parts of Logto's pages that a plain form does not need. */
const trimmings = new Set(["", "Back", "+1", "Powered by", "Show password", "relying party"]);
/** Parts of our pages that replace other ones there. */
const ownWords = new Set(["Verification code", "Resend"]);

export const pageOf = (name: string): HostedPages => pickRecording(entries, name);

/**
 * Compares a page with the page of a real Logto: its address, every word, and that it has no further field, button or
 * link.
 *
 * @param replaced what the recorded page says of its own people → what it is to say here
 */
export function differences(
  page: Page,
  name: string,
  after: string,
  { endpoint, replaced = {} }: { endpoint: Running["endpoint"]; replaced?: Record<string, string> },
): string[] {
  const seen = pageOf(name).seen.find((candidate) => candidate.after === after);
  if (!seen) throw new Error(`nothing was seen after “${after}” in “${name}”`);
  const translate = (text: string) =>
    Object.entries(replaced).reduce((result, [from, to]) => result.replaceAll(from, to), text);
  const found: string[] = [];
  const expected = describeAddress(translate(decodeURIComponent(seen.url)), endpoint);
  const actual = describeAddress(decodeURIComponent(page.url), endpoint);
  if (actual !== expected) found.push(`at ${actual} instead of ${expected}`);
  const text = readText(page.html);
  const recorded = translate(seen.text);
  for (const part of recorded.split(" | ")) {
    const words = part.replace(/ Resend after .*/, "");
    if (!trimmings.has(words) && !text.includes(words)) found.push(`“${words}” is missing`);
  }
  for (const control of readControls(page.html)) {
    if (!recorded.includes(control) && !ownWords.has(control))
      found.push(`“${control}” is too much`);
  }
  return found;
}

/** Of an address of the application, keeps only that it was reached, and by which request. */
function describeAddress(url: string, endpoint: string): string {
  const { origin, pathname, searchParams } = new URL(url, endpoint);
  if (origin !== endpoint)
    return `${origin}${pathname} ${searchParams.get("state") ? "with a state" : ""}`;
  searchParams.sort();
  return recordedConnectors
    .reduce((path, id) => path.replaceAll(id, "<connector>"), `${pathname}?${searchParams}`)
    .replaceAll(recordedApplication, application.id)
    .replace(/(\/social\/link\/|link_social=)[a-z0-9]{12}/, "$1<connector>");
}

function readText(html: string): string {
  return html
    .replaceAll(/<(style|script)\b.*?<\/\1>/gs, "")
    .replaceAll(/<\/?(?:a|span)\b[^>]*>/g, "")
    .replaceAll(/<[^>]*>/g, " | ")
    .replaceAll("&#39;", "'")
    .replaceAll("&quot;", '"')
    .replaceAll("&amp;", "&")
    .replaceAll(/\s+/g, " ");
}

function readControls(html: string): string[] {
  const found = html.matchAll(/<(button|label|a)\b[^>]*>([^<]*)<\/\1>/g);
  return [...found].map(([, , text = ""]) => text);
}
