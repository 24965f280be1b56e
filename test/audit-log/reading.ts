import { sharedConnections } from "../../src/database/database.ts";
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
  // Each connection reports its counts late, unless it is told to. While one sleeps, the next statement takes another one.
  const text = "select pg_stat_force_next_flush()::text, pg_sleep(0.1)::text";
  const told = Array.from({ length: sharedConnections }, () =>
    application.database.queryTogether([{ name: "", text, values: [] }]),
  );
  await Promise.all(told);
  const [row] = await application.query<{ read: string }>(
    `select (select sum(idx_tup_read) from pg_stat_user_indexes where relname = 'audit_events')
          + (select seq_tup_read from pg_stat_user_tables where relname = 'audit_events') as read`,
  );
  return Number(row?.read);
}
