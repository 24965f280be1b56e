/* English, and UTC unless the reader has chosen a zone, so that a page is the same on every machine. */
const days = remember((timeZone) => new Intl.DateTimeFormat("en", { timeZone, dateStyle: "long" }));
const times = remember(
  (timeZone) =>
    new Intl.DateTimeFormat("en", {
      timeZone,
      hour: "2-digit",
      minute: "2-digit",
      hourCycle: "h23",
      timeZoneName: "short",
    }),
);

/** To make a format takes longer than to write a page with it. */
function remember(make: (timeZone: string) => Intl.DateTimeFormat) {
  const made = new Map<string, Intl.DateTimeFormat>();
  return (timeZone: string) => {
    const format = made.get(timeZone) ?? make(timeZone);
    made.set(timeZone, format);
    return format;
  };
}

/** @public Writes a calendar day in English: "March 9, 2026". */
export const formatDate = (date: Date, timeZone = "UTC"): string => days(timeZone).format(date);

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
      {withTime && `, ${times(zone).format(date)}`}
    </time>
  );
}
