/* UTC and English: the server does not know the reader's zone, and the same page must not differ by machine. */
const longDate = new Intl.DateTimeFormat("en", { dateStyle: "long", timeZone: "UTC" });

/** @public A calendar day as a text: "9 March 2026" as English has it. */
export const formatDate = (date: Date): string => longDate.format(date);

/** A calendar day people can read, if need be with the time; machine-readable in `datetime`. */
export function DateText({ date, withTime = false }: { date: Date; withTime?: boolean }) {
  const iso = date.toISOString();
  return (
    <time dateTime={iso}>
      {formatDate(date)}
      {withTime && `, ${iso.slice(11, 16)} UTC`}
    </time>
  );
}
