import { createContext } from "preact";
import { useContext } from "preact/hooks";

/* English, and UTC unless the reader has chosen a zone, so that a page is the same on every machine. */
const months = [
  "January",
  "February",
  "March",
  "April",
  "May",
  "June",
  "July",
  "August",
  "September",
  "October",
  "November",
  "December",
] as const;

/** @public Writes the day of an instant in UTC: "March 9, 2026". `Intl` would take ten times as long. */
export const formatDate = (date: Date): string =>
  `${months[date.getUTCMonth()] ?? ""} ${date.getUTCDate()}, ${date.getUTCFullYear()}`;

/** The zone in which the reader of a page reads times, by its IANA name; null: UTC. `Layout` sets it. */
export const TimeZone = createContext<string | null>(null);

/** The day of an instant in the reader's zone, with the time if asked for. Programs find the instant in `datetime`. */
export function DateText({ date, withTime = false }: { date: Date; withTime?: boolean }) {
  const { iso, day, time } = readClock(useContext(TimeZone), date);
  return <time dateTime={iso}>{withTime ? `${day}, ${time}` : day}</time>;
}

/**
 * An instant as people speak of it: "3 hours ago", "yesterday", "in 5 days", and beyond a week the day. Its `title` has the time.
 * The sentence around it has no "on" or "since": "Created yesterday", "Created March 9, 2026".
 */
export function RelativeTime({ date }: { date: Date }) {
  const timeZone = useContext(TimeZone);
  const { iso, day, time } = readClock(timeZone, date);
  return (
    <time dateTime={iso} title={`${day}, ${time}`}>
      {describeDistance(date, time, timeZone) ?? day}
    </time>
  );
}

/** A calendar day that is the same in every zone, such as a due date: midnight in UTC. */
export function DayText({ day }: { day: Date }) {
  return <time dateTime={day.toISOString().slice(0, 10)}>{formatDate(day)}</time>;
}

/** A calendar day as `RelativeTime` shows an instant: "today", "tomorrow", and beyond a week the date. */
export function RelativeDay({ day }: { day: Date }) {
  const today = readClock(useContext(TimeZone), new Date());
  const days = (day.getTime() - Date.parse(`${today.day} UTC`)) / dayLength;
  if (Math.abs(days) > 7) return <DayText day={day} />;
  return (
    <time dateTime={day.toISOString().slice(0, 10)} title={formatDate(day)}>
      {relative.format(days, "day")}
    </time>
  );
}

const minuteLength = 60_000;
const hourLength = 60 * minuteLength;
const dayLength = 24 * hourLength;

const relative = new Intl.RelativeTimeFormat("en", { numeric: "auto" });

/**
 * @param time of the instant in the zone
 * @returns undefined beyond a week
 */
function describeDistance(date: Date, time: string, timeZone: string | null): string | undefined {
  const now = Date.now();
  const distance = date.getTime() - now;
  const length = Math.abs(distance);
  // The database's clock may be ahead of ours.
  if (length < minuteLength) return "just now";
  if (length < hourLength) return relative.format(Math.trunc(distance / minuteLength), "minute");
  if (length > 8 * dayLength) return undefined;
  const isSoon = length < 12 * hourLength;
  const midnight = date.getTime() - sinceMidnight(time);
  // A day on which the clocks change has 23 or 25 hours.
  const days = isSoon ? 0 : Math.round((midnight - findLastMidnight(now, timeZone)) / dayLength);
  if (days === 0) return relative.format(Math.trunc(distance / hourLength), "hour");
  return Math.abs(days) <= 7 ? relative.format(days, "day") : undefined;
}

/** @param time such as "10:00 UTC" */
const sinceMidnight = (time: string) =>
  Number(time.slice(0, 2)) * hourLength + Number(time.slice(3, 5)) * minuteLength;

const lastMidnight = { timeZone: "", minute: 0, instant: 0 };

/** Finds it once a minute, not once for each row of a page. */
function findLastMidnight(now: number, zone: string | null): number {
  const timeZone = zone ?? "UTC";
  const minute = Math.floor(now / minuteLength);
  if (lastMidnight.timeZone !== timeZone || lastMidnight.minute !== minute) {
    const instant = minute * minuteLength - sinceMidnight(readClock(timeZone, new Date(now)).time);
    Object.assign(lastMidnight, { timeZone, minute, instant });
  }
  return lastMidnight.instant;
}

/** An instant for programs, and its day and time in a zone: "March 9, 2026" and "10:00 UTC". */
function readClock(timeZone: string | null, date: Date) {
  const iso = date.toISOString();
  if (timeZone === null || timeZone === "UTC") {
    return { iso, day: formatDate(date), time: `${iso.slice(11, 16)} UTC` };
  }
  // One format of both takes half as long as one of each.
  const text = formatOf(timeZone).format(date);
  const [, day = "", time = ""] = /^(.+, \d+)(?:,| at) (.+)$/.exec(text) ?? [];
  return { iso, day, time };
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** Makes the format of a zone once: that takes longer than to write a page with it. */
function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known) return known;
  const made = new Intl.DateTimeFormat("en", {
    timeZone,
    year: "numeric",
    month: "long",
    day: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
    timeZoneName: "short",
  });
  formats.set(timeZone, made);
  return made;
}
