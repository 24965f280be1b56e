import pg from "pg";

import { settle } from "./address.ts";

/**
 * The settings of every connection, whatever the defaults of the server, the database or the login are
 * (`ALTER DATABASE … SET`, `ALTER ROLE … SET`). A pool in between may drop them: boot-check.ts checks that.
 */
export const pins = {
  // Prisma's adapter sends and reads instants without a zone, in UTC.
  timezone: "UTC",
  // pg and the adapter parse this format.
  datestyle: "ISO",
  search_path: "public",
  // Policies filter rows. With `off`, PostgreSQL refuses each statement that a policy would filter.
  row_security: "on",
  // After waiting for a lock, a statement sees the newest row: whether a member is still an owner.
  default_transaction_isolation: "read committed",
  standard_conforming_strings: "on",
  // boot-check.ts reads policies.
  quote_all_identifiers: "off",
  transform_null_equals: "off",
  array_nulls: "on",
  intervalstyle: "postgres",
  bytea_output: "hex",
  extra_float_digits: "1",
  // Keeps connections that wait in our pool, or for jobs.
  idle_session_timeout: "0",
} as const;

/** Removes the time limits of the login, for migrations. */
export const unlimited = {
  statement_timeout: "0",
  lock_timeout: "0",
  idle_in_transaction_session_timeout: "0",
};

/**
 * Makes pg's configuration for connections to an address.
 *
 * @param settings of PostgreSQL, in addition to {@link pins}
 */
export function describeConnection(address: string, settings: Record<string, string> = {}) {
  const options = Object.entries({ ...pins, ...settings })
    .map(([name, value]) => `-c ${name}=${value.replaceAll(" ", String.raw`\ `)}`)
    .join(" ");
  return { connectionString: settle(address, options) };
}

/** PostgreSQL reports these when a connection starts and when they change. */
const readOnlyReports = new Set(["in_hot_standby", "default_transaction_read_only"]);

/** A connection that knows whether the pool may lend it again. */
export class Connection extends pg.Client {
  readonly #readOnly = new Set<string>();
  #isRefused = false;

  constructor(config?: pg.ClientConfig) {
    super(config);
    // The running query is rejected as well. The pool and the borrower listen only part of the time, and an error event
    // without a listener ends the process.
    this.on("error", () => undefined);
    this.connection.on("parameterStatus", ({ parameterName, parameterValue }: Report) => {
      if (!readOnlyReports.has(parameterName)) return;
      if (parameterValue === "on") this.#readOnly.add(parameterName);
      else this.#readOnly.delete(parameterName);
    });
    this.connection.on("errorMessage", ({ code }: { code?: string }) => {
      if (code === "25006") this.#isRefused = true;
    });
  }

  /**
   * Whether the pool may lend it again. It may not when the server is read-only: after a failover it is the wrong one, and a
   * new connection finds the right one. It also may not when a ROLLBACK timed out and left a transaction open: the next
   * borrower would work inside it, in its organization.
   */
  get isFit(): boolean {
    return this.#readOnly.size === 0 && !this.#isRefused && this.getTransactionStatus() === "I";
  }
}

type Report = { parameterName: string; parameterValue: string };

/** Seconds until the pool replaces a connection, so that a changed address or password takes effect. */
export const connectionLifetime = 300;

/** Ends connections that are returned and cannot be lent again. */
export function retireUnfit(pool: pg.Pool): void {
  pool.on("release", (_error, client) => {
    if (client instanceof Connection && !client.isFit) void client.end();
  });
}
