import pg from "pg";
import postgres from "postgres";
import type { Logger } from "pino";

import { describeConnection } from "./connection.ts";

export type Listener = { close(): Promise<void> };

/**
 * Listens to a channel (LISTEN) on a connection of its own, which comes back by itself when it is lost, after at most 20 seconds.
 *
 * @param options.url leads straight to PostgreSQL: a pool in transaction mode loses LISTEN
 * @param options.onNotice gets what each notice says
 * @param options.onListening runs each time the connection begins to listen: notices before that are lost
 */
export function listen({
  url,
  channel,
  logger,
  onNotice,
  onListening,
}: {
  url: string;
  channel: string;
  logger: Pick<Logger, "warn">;
  onNotice(notice: string): void;
  onListening(): void;
}): Listener {
  const sql = postgres({
    ...readTarget(url),
    // A server that has become a standby cannot listen.
    target_session_attrs: "primary",
    max: 1,
    connect_timeout: 5,
    keep_alive: 15,
    onnotice: () => undefined,
    connection: { application_name: channel, options: "-c idle_session_timeout=0" },
  });
  // If the first attempt fails, postgres.js goes on trying, as it does after a loss.
  sql
    .listen(channel, onNotice, onListening)
    .catch((error: unknown) => logger.warn({ err: error }, "the database does not let us listen"));
  return { close: () => sql.end({ timeout: 0 }) };
}

/** Gives postgres.js what pg reads from an address, so that both mean the same by it: TLS, sockets. */
function readTarget(url: string) {
  const { host, port, database, user, password, ssl } = new pg.Client(describeConnection(url));
  return {
    host,
    port,
    ...(host.startsWith("/") && { path: `${host}/.s.PGSQL.${port}` }),
    ...(database !== undefined && { database }),
    ...(user !== undefined && { user }),
    ...(typeof password === "string" && { password }),
    ssl,
  };
}
