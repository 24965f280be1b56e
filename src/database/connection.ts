import pg from "pg";

import { settle } from "./address.ts";

/**
 * What every connection works with, whatever the server, the database or the login has for a default
 * (`ALTER DATABASE … SET`, `ALTER ROLE … SET`). A pool in between may lose it: boot-check.ts looks.
 */
export const pins = {
  // Prisma's adapter sends and reads instants without a zone, and means UTC.
  timezone: "UTC",
  // The form of dates that pg and the adapter read.
  datestyle: "ISO",
  search_path: "public",
  // Filter rows; `off` refuses every statement that a policy would filter.
  row_security: "on",
  // What a transaction waits for it sees when it is there: whether somebody is still an owner.
  default_transaction_isolation: "read committed",
  standard_conforming_strings: "on",
  // boot-check.ts reads policies.
  quote_all_identifiers: "off",
  transform_null_equals: "off",
  array_nulls: "on",
  intervalstyle: "postgres",
  bytea_output: "hex",
  extra_float_digits: "1",
  // Nobody ends a connection that waits in our pool, or for jobs.
  idle_session_timeout: "0",
} as const;

/** For migrations, which take as long as they take, whatever limits the login has. */
export const unlimited = {
  statement_timeout: "0",
  lock_timeout: "0",
  idle_in_transaction_session_timeout: "0",
};

/**
 * What pg needs to open connections to an address, all of which work alike.
 *
 * @param settings for PostgreSQL, besides {@link pins}
 */
export function describeConnection(address: string, settings: Record<string, string> = {}) {
  const options = Object.entries({ ...pins, ...settings })
    .map(([name, value]) => `-c ${name}=${value.replaceAll(" ", String.raw`\ `)}`)
    .join(" ");
  return { connectionString: settle(address, options) };
}

/** PostgreSQL reports these, at the start of a connection and whenever they change. */
const readOnlyReports = new Set(["in_hot_standby", "default_transaction_read_only"]);

/** A connection that knows whether it may be lent again. */
export class Connection extends pg.Client {
  readonly #readOnly = new Set<string>();
  #isRefused = false;

  constructor(config?: pg.ClientConfig) {
    super(config);
    // What is under way is refused as well. The pool, and whoever borrows it, listen for a part of the time only, and an
    // error that nobody hears ends the process.
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
   * Whether it can be lent again. Not when it leads to a server that is only read, which after a failover is the wrong
   * one: a new connection goes to the right one, as soon as the address does. Nor with a transaction left open, by a
   * ROLLBACK that timed out: the next one would work inside of it, in its organization.
   */
  get isFit(): boolean {
    return this.#readOnly.size === 0 && !this.#isRefused && this.getTransactionStatus() === "I";
  }
}

type Report = { parameterName: string; parameterValue: string };

/** For how long a connection is lent: then a new one follows an address, or a password, that has changed. Seconds. */
export const connectionLifetime = 300;

/** Ends connections that cannot be lent again when they are given back. */
export function retireUnfit(pool: pg.Pool): void {
  pool.on("release", (_error, client) => {
    if (client instanceof Connection && !client.isFit) void client.end();
  });
}
