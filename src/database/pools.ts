import pg from "pg";
import type { Logger } from "pino";

import { ownConnections } from "./batch.ts";
import { Connection, connectionLifetime, describeConnection, retireUnfit } from "./connection.ts";
import { shareConnections } from "./shared-connections.ts";

/** The role that migrations create for the application. It owns nothing, and row-level security binds it. */
export const applicationRole = "tenantry_app";

/** The role that owns `authenticate_session()`, and nothing else. Policies let it read what that function needs. */
export const authenticatorRole = "tenantry_authenticator";

/**
 * How many connections requests share for what they read, in addition to the pool. One process keeps fewer busy; with more, they
 * would share fewer writes.
 */
export const sharedConnections = 4;

export type DatabaseOptions = {
  url: string;
  /** The largest number of connections. */
  poolSize: number;
  logger: Pick<Logger, "warn">;
  /** Multiplies every timeout, for tests on a busy machine; 1 by default. */
  slowness?: number;
};

/**
 * Opens the connection pools. Every connection works as {@link applicationRole}, so that the login may also be the owner of
 * the schema. Timeouts are short: one second for a connection, two for a lock, five for a statement.
 *
 * @returns the pool for transactions, and functions that run work on a connection of its own or on a shared one
 */
export function openPools({ url, poolSize, logger, slowness = 1 }: DatabaseOptions) {
  const options = {
    ...describeConnection(url, { role: applicationRole }),
    Client: Connection,
    maxLifetimeSeconds: connectionLifetime,
    connectionTimeoutMillis: 1_000 * slowness,
    statement_timeout: 5_000 * slowness,
    query_timeout: 6_000 * slowness,
    lock_timeout: 2_000 * slowness,
    idle_in_transaction_session_timeout: 10_000 * slowness,
    application_name: "web",
  };
  const pool = new pg.Pool({ ...options, max: poolSize });
  const shared = new pg.Pool({ ...options, max: sharedConnections, pipeline: true });
  retireUnfit(pool);
  retireUnfit(shared);
  const warn = (error: Error) => logger.warn({ err: error }, "database connection lost");
  shared.on("error", warn);
  return {
    pool,
    warn,
    own: ownConnections(pool),
    share: shareConnections(shared),
    /** Closes the shared connections; the owner of `pool` closes that one. */
    close: () => shared.end(),
  };
}
