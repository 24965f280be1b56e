import type { RunningApplication } from "../support/application.ts";

/** The entries of a page, each in one line, as they are read. */
export function readEntries(html: string): string[] {
  return [
    ...html.matchAll(
      /<p class="break-name">(.*?)<\/p><details[^>]*><summary[^>]*>(.*?)<\/summary>/gs,
    ),
  ].map(
    ([, sentence = "", moment = ""]) =>
      `${strip(sentence)} · ${strip(moment).replace(/: details of .*/, "")}`,
  );
}

const strip = (html: string) =>
  html
    .replaceAll(/<[^>]*>/g, "")
    .replaceAll("&lt;", "<")
    .replaceAll("&quot;", '"')
    .replaceAll("&amp;", "&");

/** The number of events that PostgreSQL has read so far. */
export async function countRead(application: RunningApplication): Promise<number> {
  // Each connection reports its counts late, unless it is told to: this tells all five at once.
  let waiting = 5;
  let release = (): void => undefined;
  const all = new Promise<void>((resolve) => (release = resolve));
  const flush = () =>
    application.database.unscoped.$transaction(async (tx) => {
      await tx.$queryRaw`select pg_stat_force_next_flush()::text`;
      if ((waiting -= 1) === 0) release();
      await all;
    });
  await Promise.all(Array.from({ length: waiting }, flush));
  const [row] = await application.query<{ read: string }>(
    `select (select sum(idx_tup_read) from pg_stat_user_indexes where relname = 'audit_events')
          + (select seq_tup_read from pg_stat_user_tables where relname = 'audit_events') as read`,
  );
  return Number(row?.read);
}
