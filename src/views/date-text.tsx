/* English, and UTC unless the reader has chosen a zone, so that a page is the same on every machine. */
const write = (date: Date, timeZone: string, options: Intl.DateTimeFormatOptions) =>
  new Intl.DateTimeFormat("en", { timeZone, ...options }).format(date);

/** @public Writes a calendar day in English: "March 9, 2026". */
export const formatDate = (date: Date, timeZone = "UTC"): string =>
  write(date, timeZone, { dateStyle: "long" });

/** "08:45 UTC", or "10:45 GMT+2". */
const formatTime = (date: Date, timeZone: string): string =>
  write(date, timeZone, {
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
    timeZoneName: "short",
  });

interface DateTextProps {
  date: Date;
  withTime?: boolean;
  /** The reader's, by its IANA name; null: UTC. */
  timeZone?: string | null;
}

/** A calendar day for people, with the time if asked for. Programs find it in `datetime`. */
export function DateText({ date, withTime = false, timeZone }: DateTextProps) {
  const zone = timeZone ?? "UTC";
  return (
    <time dateTime={date.toISOString()}>
      {formatDate(date, zone)}
      {withTime && `, ${formatTime(date, zone)}`}
    </time>
  );
}
