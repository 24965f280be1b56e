/* UTC and English, since the server does not know the reader's zone, and a page must be the same on every machine. */
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

/** @public Writes a calendar day in English: "March 9, 2026". `Intl` would take ten times as long. */
export const formatDate = (date: Date): string =>
  `${months[date.getUTCMonth()] ?? ""} ${date.getUTCDate()}, ${date.getUTCFullYear()}`;

/** A calendar day for people, with the time if asked for. Programs find it in `datetime`. */
export function DateText({ date, withTime = false }: { date: Date; withTime?: boolean }) {
  const iso = date.toISOString();
  return (
    <time dateTime={iso}>
      {formatDate(date)}
      {withTime && `, ${iso.slice(11, 16)} UTC`}
    </time>
  );
}
