import type { VNode } from "preact";
import { afterEach, describe, expect, it, vi } from "vitest";

import { renderPage } from "../../src/http/reply.ts";
import { DateText, DayText, RelativeDay, RelativeTime } from "../../src/views/date-text.tsx";
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

describe("a time as people speak of it", () => {
  afterEach(() => {
    vi.useRealTimers();
  });
  const setClock = (now: string) => vi.useFakeTimers({ now: new Date(now), toFake: ["Date"] });

  it.each([
    ["2026-12-01T10:00:40Z", "just now"],
    ["2026-12-01T09:59:30Z", "just now"],
    ["2026-12-01T09:55:00Z", "5 minutes ago"],
    ["2026-12-01T06:30:00Z", "3 hours ago"],
    ["2026-11-30T23:30:00Z", "10 hours ago"],
    ["2026-11-30T21:00:00Z", "yesterday"],
    ["2026-11-26T23:00:00Z", "5 days ago"],
    ["2026-11-24T00:00:00Z", "7 days ago"],
    ["2026-11-23T23:59:00Z", "November 23, 2026"],
    ["2026-12-01T10:10:00Z", "in 10 minutes"],
    ["2026-12-01T23:59:00Z", "in 13 hours"],
    ["2026-12-02T23:00:00Z", "tomorrow"],
    ["2026-12-08T23:59:00Z", "in 7 days"],
    ["2026-12-09T00:00:00Z", "December 9, 2026"],
  ])("%s is %s, at 10:00 on December 1", (date, text) => {
    setClock("2026-12-01T10:00:00Z");
    expect(read(null, <RelativeTime date={new Date(date)} />)).toBe(text);
  });

  it.each([
    // Noon there, and the evening before: two days by the calendar of UTC.
    ["Pacific/Honolulu", "2026-12-01T22:00:00Z", "2026-12-01T06:00:00Z", "yesterday"],
    ["UTC", "2026-12-01T22:00:00Z", "2026-12-01T06:00:00Z", "16 hours ago"],
    ["Pacific/Kiritimati", "2026-12-01T09:00:00Z", "2026-11-30T10:30:00Z", "22 hours ago"],
    // The day with 25 hours, and the one with 23.
    ["America/New_York", "2026-11-02T05:10:00Z", "2026-11-01T04:10:00Z", "yesterday"],
    ["America/New_York", "2026-03-10T04:10:00Z", "2026-03-08T05:10:00Z", "2 days ago"],
  ])("counts days by the reader's calendar: %s", (zone, now, date, text) => {
    setClock(now);
    expect(read(zone, <RelativeTime date={new Date(date)} />)).toBe(text);
  });

  it("has the exact time, in the reader's zone, for those who point at it", () => {
    setClock("2026-12-01T02:30:00Z");
    const html = renderPage(
      <Layout title="Home" viewer={{ ...ada, timeZone: "America/New_York" }}>
        <RelativeTime date={instant} />
      </Layout>,
    );
    expect(html).toContain(
      '<time datetime="2026-12-01T00:30:00.000Z" title="November 30, 2026, 19:30 EST">2 hours ago</time>',
    );
  });

  it.each([
    [null, "2026-12-01T00:00:00Z", "today"],
    ["America/New_York", "2026-12-01T00:00:00Z", "tomorrow"],
    ["America/New_York", "2026-11-30T00:00:00Z", "today"],
    [null, "2026-11-30T00:00:00Z", "yesterday"],
    [null, "2026-12-08T00:00:00Z", "in 7 days"],
    [null, "2026-12-09T00:00:00Z", "December 9, 2026"],
  ])("is a due day by the reader's calendar: %s, %s is %s", (zone, day, text) => {
    setClock("2026-12-01T03:00:00Z");
    expect(read(zone, <RelativeDay day={new Date(day)} />)).toBe(text);
  });
});
