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

/** A calendar day that is the same in every zone, such as a due date: midnight in UTC. */
export function DayText({ day }: { day: Date }) {
  return <time dateTime={day.toISOString().slice(0, 10)}>{formatDate(day)}</time>;
}

/** The day of an instant in the reader's zone, with the time if asked for. Programs find the instant in `datetime`. */
export function DateText({ date, withTime = false }: { date: Date; withTime?: boolean }) {
  const timeZone = useContext(TimeZone);
  const iso = date.toISOString();
  if (timeZone === null || timeZone === "UTC") {
    return (
      <time dateTime={iso}>
        {formatDate(date)}
        {withTime && `, ${iso.slice(11, 16)} UTC`}
      </time>
    );
  }
  const { day, time } = formatsOf(timeZone);
  return (
    <time dateTime={iso}>
      {day.format(date)}
      {withTime && `, ${time.format(date)}`}
    </time>
  );
}

type Formats = { day: Intl.DateTimeFormat; time: Intl.DateTimeFormat };

const formats = new Map<string, Formats>();

/** Makes the formats of a zone once: that takes longer than to write a page with them. */
function formatsOf(timeZone: string): Formats {
  const known = formats.get(timeZone);
  if (known) return known;
  const made = {
    day: new Intl.DateTimeFormat("en", { timeZone, dateStyle: "long" }),
    time: new Intl.DateTimeFormat("en", {
      timeZone,
      hour: "2-digit",
      minute: "2-digit",
      hourCycle: "h23",
      timeZoneName: "short",
    }),
  };
  formats.set(timeZone, made);
  return made;
}
