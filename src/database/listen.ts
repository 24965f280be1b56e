import { connect } from "node:net";
import { setTimeout as wait } from "node:timers/promises";

import pg from "pg";
import postgres from "postgres";
import type { Logger } from "pino";

import { describeConnection } from "./connection.ts";

export type Listener = { close(): Promise<void> };

/** Milliseconds between two attempts to connect. */
const longestPause = 20_000;

/** The attempt that the log has a line of: after about three seconds. */
const noticedAttempt = 7;

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
  const ended = new AbortController();
  let attempts = 0;
  const { host, port, path, ...target } = readTarget(url);

  /** postgres.js itself tries at once when a server, or a proxy before it, accepts a connection and closes it. */
  async function openSocket() {
    const pause = attempts === 0 ? 0 : Math.min(longestPause, 50 * 2 ** attempts);
    attempts += 1;
    if (attempts === noticedAttempt) logger.warn({ channel, attempts }, "we still cannot listen");
    await wait(pause * (0.5 + Math.random() / 2), undefined, { signal: ended.signal, ref: false });
    // postgres.js looks for the host there, to check the certificate.
    return Object.assign(connect(path === undefined ? { host, port } : { path }), { host });
  }

  // The types of postgres.js do not have it.
  const untyped: object = { socket: openSocket };
  const sql = postgres({
    ...target,
    ...untyped,
    backoff: false,
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
    .listen(channel, onNotice, () => {
      attempts = 0;
      onListening();
    })
    .catch((error: unknown) => {
      if (!ended.signal.aborted) logger.warn({ err: error }, "the database does not let us listen");
    });
  return {
    close() {
      ended.abort();
      return sql.end({ timeout: 0 });
    },
  };
}

/** Gives what pg reads from an address, so that postgres.js means the same by it. */
function readTarget(url: string) {
  const { host, port, database, user, password, ssl } = new pg.Client(describeConnection(url));
  return {
    host,
    port,
    path: host.startsWith("/") ? `${host}/.s.PGSQL.${port}` : undefined,
    ...(database !== undefined && { database }),
    ...(user !== undefined && { user }),
    ...(typeof password === "string" && { password }),
    ssl,
  };
}
