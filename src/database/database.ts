import { PrismaPg } from "@prisma/adapter-pg";
import pg from "pg";
import type { Logger } from "pino";

import { Connection, connectionLifetime, describeConnection, retireUnfit } from "./connection.ts";
import { type Prisma, PrismaClient, type Role } from "./generated/client.ts";
import { retryTransactions } from "./retry.ts";

/** The role that migrations create for the application, by this name: it owns nothing and obeys row-level security. */
export const applicationRole = "tenantry_app";

/** Inside one database transaction. */
export type Transaction = Prisma.TransactionClient;

/** The only way for a feature to reach tables: always on behalf of somebody. */
export type TenantDatabase = {
  /** Runs work in one transaction that sees, of tenant-owned rows, those of this user's own memberships. */
  forUser<T>(userId: string, work: (tx: Transaction) => Promise<T>): Promise<T>;
  /**
   * Runs work in one transaction that sees what a token opens, whoever holds it: the row of its hash.
   *
   * @param tokenHash see http/token.ts
   */
  forTokenHolder<T>(tokenHash: Uint8Array, work: (tx: Transaction) => Promise<T>): Promise<T>;
  /**
   * Runs work in one transaction that sees and writes the rows of one organization, and no other's:
   * row-level security adds the filter that a query may have forgotten.
   */
  forOrganization<T>(organizationId: string, work: (tx: Transaction) => Promise<T>): Promise<T>;
  /**
   * Like `forOrganization`, for a change that somebody makes: tells their membership as it is now, and
   * keeps it so until the end, however long ago the request was let in.
   *
   * @param member.exclusively makes such changes of one organization wait for each other: for who belongs to it
   */
  forMember<T>(
    member: { organizationId: string; userId: string; exclusively?: boolean },
    work: (tx: Transaction, membership: PresentMembership | null) => Promise<T>,
  ): Promise<T>;
  /**
   * For a change in all organizations of a user: like `forUser`, and enters one after the other, exclusively.
   *
   * @param work.enter tells their membership there as `forMember` does; always in the order of ids (deadlocks)
   */
  forUserEverywhere<T>(
    userId: string,
    work: (
      tx: Transaction,
      enter: (organizationId: string) => Promise<PresentMembership | null>,
    ) => Promise<T>,
  ): Promise<T>;
  /**
   * Reads with one statement of our own that sees one organization's rows: in one round trip, past Prisma,
   * for what is read most.
   *
   * @param statement.name unique to the text; PostgreSQL plans it once per connection
   */
  readOrganization<Row extends object>(
    organizationId: string,
    statement: { name: string; text: string; values: unknown[] },
  ): Promise<Row[]>;
};

/** Null where somebody is not a member, or is suspended. */
type PresentMembership = { role: Role; isDeleted: boolean };

export type Database = TenantDatabase & {
  /** Not on anybody's behalf: for database/, auth/, sessions/ and operations/ only (test/architecture.test.ts). */
  unscoped: PrismaClient;
  /**
   * Runs one statement of our own, not on anybody's behalf either: past Prisma, at half the cost, and
   * given up after 1.5 seconds, for what every request does.
   *
   * @param name unique to the text; PostgreSQL plans it once per connection
   */
  queryPrepared<Row extends object>(name: string, text: string, values: unknown[]): Promise<Row[]>;
  close(): Promise<void>;
};

export type DatabaseOptions = {
  url: string;
  /** Connections at most. */
  poolSize: number;
  logger: Pick<Logger, "warn">;
  /** Multiplies every limit on time, for tests on a busy machine. Default 1. */
  slowness?: number;
};

/**
 * Opens the connection pool. Every connection works as {@link applicationRole}, whoever logs in, so
 * that the login may also be the schema's owner. Nothing waits for long: one second for a
 * connection, two for a lock, five for a statement.
 */
export function openDatabase({ url, poolSize, logger, slowness = 1 }: DatabaseOptions): Database {
  const pool = new pg.Pool({
    ...describeConnection(url, { role: applicationRole }),
    Client: Connection,
    max: poolSize,
    maxLifetimeSeconds: connectionLifetime,
    connectionTimeoutMillis: 1_000 * slowness,
    statement_timeout: 5_000 * slowness,
    query_timeout: 6_000 * slowness,
    lock_timeout: 2_000 * slowness,
    idle_in_transaction_session_timeout: 10_000 * slowness,
    application_name: "web",
    // What is asked for at the same moment on one connection goes out together (readOrganization).
    pipeline: true,
  });
  retireUnfit(pool);
  const client = new PrismaClient({
    adapter: new PrismaPg(pool, {
      disposeExternalPool: true,
      statementNameGenerator: nameStatements(),
      onPoolError: (error) => logger.warn({ err: error }, "database connection lost"),
    }),
    transactionOptions: { maxWait: 1_000 * slowness, timeout: 5_000 * slowness },
  });
  const unscoped = retryTransactions(client, slowness);

  return {
    unscoped,
    forUser: (userId, work) =>
      unscoped.$transaction(async (tx) => {
        await tx.$queryRaw`select set_config('app.user_id', ${userId}, true)`;
        return work(tx);
      }),
    forTokenHolder: (tokenHash, work) =>
      unscoped.$transaction(async (tx) => {
        const hex = Buffer.from(tokenHash).toString("hex");
        await tx.$queryRaw`select set_config('app.token_hash', ${hex}, true)`;
        return work(tx);
      }),
    forOrganization: (organizationId, work) =>
      unscoped.$transaction(async (tx) => {
        await tx.$queryRaw`select set_config('app.organization_id', ${organizationId}, true)`;
        return work(tx);
      }),
    forMember: (member, work) =>
      unscoped.$transaction(async (tx) => work(tx, await enterOrganization(tx, member))),
    forUserEverywhere: (userId, work) =>
      unscoped.$transaction(async (tx) => {
        await tx.$queryRaw`select set_config('app.user_id', ${userId}, true)`;
        return work(tx, (organizationId) =>
          enterOrganization(tx, { organizationId, userId, exclusively: true }),
        );
      }),
    readOrganization: (organizationId, { name, text, values }) =>
      readScoped(pool, organizationId, { name, text, values, query_timeout: 1_500 * slowness }),
    async queryPrepared(name, text, values) {
      const statement = { name, text, values, query_timeout: 1_500 * slowness };
      return (await pool.query(statement)).rows;
    },
    close: () => unscoped.$disconnect(),
  };
}

/** Sets the scope to one organization, with one of its members asking. */
async function enterOrganization(
  tx: Transaction,
  member: { organizationId: string; userId: string; exclusively?: boolean },
): Promise<PresentMembership | null> {
  const { organizationId, userId, exclusively = false } = member;
  const [membership] = await tx.$queryRaw<PresentMembership[]>`
    select role, is_deleted as "isDeleted"
      from enter_organization(${organizationId}::uuid, ${userId}::uuid, ${exclusively})`;
  return membership ?? null;
}

/** Begin, scope, statement, commit: sent together, answered together. */
async function readScoped<Row extends object>(
  pool: pg.Pool,
  organizationId: string,
  // pg takes a limit per statement, which its types do not know.
  statement: { name: string; text: string; values: unknown[]; query_timeout: number },
): Promise<Row[]> {
  const client = await pool.connect();
  try {
    const sent = [
      client.query("begin read only"),
      client.query({
        name: "scope",
        text: "select set_config('app.organization_id', $1, true)",
        values: [organizationId],
      }),
      client.query<Row>(statement),
      client.query("commit"),
    ] as const;
    await Promise.allSettled(sent);
    const [, , result] = await Promise.all(sent);
    return result.rows;
  } finally {
    client.release();
  }
}

/** How many different statements each connection keeps prepared. */
const preparedStatements = 500;

/**
 * Names each SQL text once, so that PostgreSQL plans it once per connection: unnamed statements cost
 * it half a millisecond each time. Past the bound, statements stay unnamed.
 */
function nameStatements(): (query: { sql: string }) => string {
  const names = new Map<string, string>();
  return ({ sql }) => {
    const known = names.get(sql);
    if (known !== undefined) return known;
    if (names.size >= preparedStatements) return "";
    const name = `s${names.size}`;
    names.set(sql, name);
    return name;
  };
}
