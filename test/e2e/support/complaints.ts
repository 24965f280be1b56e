import type { BrowserContext } from "playwright-core";

/** Chromium's line for an answer with an error status; those are judged by their status instead. */
const errorStatusLine = /^Failed to load resource: the server responded with a status of/;

/**
 * Listens to everything that a browser complains about in any of its tabs: what scripts and the
 * Content-Security-Policy write to the console, answers that are errors, requests that came to nothing.
 *
 * @param expectedStatuses error statuses that are part of the journey
 * @returns the list that fills
 */
export function collectComplaints(
  context: BrowserContext,
  expectedStatuses: readonly number[],
): string[] {
  const complaints: string[] = [];
  context.on("console", (message) => {
    const isQuiet = !["error", "warning"].includes(message.type());
    if (isQuiet || errorStatusLine.test(message.text())) return;
    complaints.push(`${message.type()}: ${message.text()} (${message.location().url})`);
  });
  context.on("weberror", (error) => complaints.push(`uncaught: ${error.error().message}`));
  context.on("response", (response) => {
    const status = response.status();
    if (status < 400 || expectedStatuses.includes(status)) return;
    complaints.push(`${status} from ${response.request().method()} ${response.url()}`);
  });
  context.on("requestfailed", (request) => {
    const reason = request.failure()?.errorText ?? "";
    // A navigation that was overtaken by the next one.
    if (reason === "net::ERR_ABORTED") return;
    complaints.push(`${reason} at ${request.method()} ${request.url()}`);
  });
  return complaints;
}
