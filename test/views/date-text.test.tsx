import type { VNode } from "preact";
import { describe, expect, it } from "vitest";

import { renderPage } from "../../src/http/reply.ts";
import { DateText, DayText } from "../../src/views/date-text.tsx";
import { Layout } from "../../src/views/layout.tsx";
import { ada } from "./samples.tsx";

/** The text of a date on a page for a reader in a zone. */
function read(timeZone: string | null, date: VNode): string {
  const html = renderPage(
    <Layout title="Home" viewer={{ ...ada, timeZone }}>
      {date}
    </Layout>,
  );
  return /<time[^>]*>(.*?)<\/time>/.exec(html)?.[1] ?? "";
}

const instant = new Date("2026-12-01T00:30:00Z");

describe("a date on a page", () => {
  it.each([
    [null, "December 1, 2026, 00:30 UTC"],
    ["UTC", "December 1, 2026, 00:30 UTC"],
    ["America/New_York", "November 30, 2026, 19:30 EST"],
    ["Asia/Kathmandu", "December 1, 2026, 06:15 GMT+5:45"],
  ])("is that of the reader's zone: %s", (zone, text) => {
    expect(read(zone, <DateText date={instant} withTime />)).toBe(text);
  });

  it.each([null, "Pacific/Honolulu", "Pacific/Kiritimati"])(
    "is the same day for every reader where it is a calendar day: %s",
    (zone) => {
      expect(read(zone, <DayText day={new Date("2030-01-31T00:00:00Z")} />)).toBe(
        "January 31, 2030",
      );
    },
  );
});
