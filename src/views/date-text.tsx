/* UTC and English: the server does not know the reader's zone, and the same page must not differ by machine. */
const longDate = new Intl.DateTimeFormat("en", { dateStyle: "long", timeZone: "UTC" });

/** A calendar day people can read, machine-readable in `datetime`. */
export function DateText({ date }: { date: Date }) {
  return <time dateTime={date.toISOString()}>{longDate.format(date)}</time>;
}
