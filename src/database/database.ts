import { PrismaPg } from "@prisma/adapter-pg";

import { runBatch, type Statement } from "./batch.ts";
import { type Prisma, PrismaClient, type Role } from "./generated/client.ts";
import { type DatabaseOptions, openPools } from "./pools.ts";
import { retry, retryTransactions } from "./retry.ts";

export { applicationRole, authenticatorRole, sharedConnections } from "./pools.ts";

/** Inside one database transaction. */
export type Transaction = Prisma.TransactionClient;

/** The only way for a feature to reach tables: each function sets the scope of a user, an organization or a token. */
export type TenantDatabase = {
  /** Runs work in one transaction that sees only those tenant-owned rows that a user may see as a person, in any organization. */
  forUser<T>(userId: string, work: (tx: Transaction) => Promise<T>): Promise<T>;
  /**
   * Runs work in one transaction that sees the row of one token.
   *
   * @param tokenHash the result of `hashToken` (http/token.ts)
   */
  forTokenHolder<T>(tokenHash: Uint8Array, work: (tx: Transaction) => Promise<T>): Promise<T>;
  /**
   * Runs work in one transaction that reads and writes the rows of one organization only. Row-level security filters
   * them, even if a query does not.
   */
  forOrganization<T>(organizationId: string, work: (tx: Transaction) => Promise<T>): Promise<T>;
  /**
   * Like `forOrganization`, for a change that a member makes. It first reads the membership as it is now, which may differ
   * from when the request was authorized, and locks it until the transaction ends.
   *
   * @param member.exclusively makes exclusive changes of one organization run one after the other; for changes of its members
   */
  forMember<T>(
    member: { organizationId: string; userId: string; exclusively?: boolean },
    work: (tx: Transaction, membership: PresentMembership | null) => Promise<T>,
  ): Promise<T>;
  /**
   * Like `forMember`, for statements that are known beforehand: one round trip.
   *
   * @param member.allowed the roles that may make the change
   * @throws an error with the SQLSTATE TN404 or TN403, see the SQL function `enter_organization_as`; then nothing is done
   */
  changeTogether(
    member: {
      organizationId: string;
      userId: string;
      isOfDeleted: boolean;
      allowed: readonly Role[];
    },
    statements: readonly Statement[],
  ): Promise<void>;
  /**
   * Like `forUser`, for a change in all organizations of a user. The work enters one after the other, exclusively.
   *
   * @param work.enter reads the user's membership, as `forMember` does. Call it in the order of the ids, to avoid deadlocks
   */
  forUserEverywhere<T>(
    userId: string,
    work: (
      tx: Transaction,
      enter: (organizationId: string) => Promise<PresentMembership | null>,
    ) => Promise<T>,
  ): Promise<T>;
  /**
   * Runs one statement in the scope of an organization, in one round trip and without Prisma. It is for frequent reads.
   *
   * The transaction is read-only.
   */
  readOrganization<Row extends object>(
    organizationId: string,
    statement: Statement,
  ): Promise<Row[]>;
  /** The same in the scope of a user. */
  readUser<Row extends object>(userId: string, statement: Statement): Promise<Row[]>;
  /** The same in the scope of a token. */
  readTokenHolder<Row extends object>(tokenHash: Uint8Array, statement: Statement): Promise<Row[]>;
};

/** Null when the user is not a member, or is suspended. */
type PresentMembership = { role: Role; isDeleted: boolean };

export type Database = TenantDatabase & {
  /** Has no scope, so row-level security hides every tenant's rows. Only some folders may use it (test/architecture.test.ts). */
  unscoped: PrismaClient;
  /**
   * Runs one statement without a scope and without Prisma, at half the cost. It is for what every request needs, and times
   * out after 1.5 seconds.
   *
   * @param name unique to the text; PostgreSQL plans it once per connection
   */
  queryPrepared<Row extends object>(name: string, text: string, values: unknown[]): Promise<Row[]>;
  /**
   * Runs statements without a scope, as one transaction in one round trip, on a connection that requests share. It is for
   * statements that wait for no lock, and that may run twice.
   *
   * @returns the rows of each statement
   */
  queryTogether(statements: readonly Statement[]): Promise<object[][]>;
  close(): Promise<void>;
};

/** Opens the connections of the application. */
export function openDatabase({ url, poolSize, logger, slowness = 1 }: DatabaseOptions): Database {
  const { pool, own, share, close, warn } = openPools({ url, poolSize, logger, slowness });
  const client = new PrismaClient({
    adapter: new PrismaPg(pool, {
      disposeExternalPool: true,
      statementNameGenerator: nameStatements(),
      onPoolError: warn,
    }),
    transactionOptions: { maxWait: 1_000 * slowness, timeout: 5_000 * slowness },
  });
  const unscoped = retryTransactions(client, slowness);

  const timeout = 1_500 * slowness;
  const queryTogether = (statements: readonly Statement[]) =>
    share((connection) => runBatch(connection, statements, timeout));
  const changeTogether = (statements: readonly Statement[]) =>
    own((connection) => runBatch(connection, statements, timeout));

  const inScope = <T>(setting: string, value: string, work: (tx: Transaction) => Promise<T>) =>
    unscoped.$transaction(async (tx) => {
      await tx.$queryRaw`select set_config(${setting}, ${value}, true)`;
      return work(tx);
    });

  return {
    unscoped,
    forUser: (userId, work) => inScope("app.user_id", userId, work),
    forTokenHolder: (tokenHash, work) =>
      inScope("app.token_hash", Buffer.from(tokenHash).toString("hex"), work),
    forOrganization: (organizationId, work) => inScope("app.organization_id", organizationId, work),
    forMember: (member, work) =>
      unscoped.$transaction(async (tx) => work(tx, await enterOrganization(tx, member))),
    forUserEverywhere: (userId, work) =>
      inScope("app.user_id", userId, (tx) =>
        work(tx, (organizationId) =>
          enterOrganization(tx, { organizationId, userId, exclusively: true }),
        ),
      ),
    async changeTogether({ organizationId, userId, isOfDeleted, allowed }, statements) {
      const enter = {
        name: "enter-organization-as",
        text: "select enter_organization_as($1, $2, false, $3, $4::text[]::role[])",
        values: [organizationId, userId, isOfDeleted, allowed],
      };
      await retry(() => changeTogether([enter, ...statements]), slowness);
    },
    async readOrganization<Row extends object>(organizationId: string, statement: Statement) {
      const [, rows] = await queryTogether([
        readingScope("app.organization_id", organizationId),
        statement,
      ]);
      return asRows<Row>(rows);
    },
    async readUser<Row extends object>(userId: string, statement: Statement) {
      const [, rows] = await queryTogether([readingScope("app.user_id", userId), statement]);
      return asRows<Row>(rows);
    },
    async readTokenHolder<Row extends object>(tokenHash: Uint8Array, statement: Statement) {
      const token = Buffer.from(tokenHash).toString("hex");
      const [, rows] = await queryTogether([readingScope("app.token_hash", token), statement]);
      return asRows<Row>(rows);
    },
    async queryPrepared<Row extends object>(name: string, text: string, values: unknown[]) {
      const [rows] = await changeTogether([{ name, text, values }]);
      return asRows<Row>(rows);
    },
    queryTogether,
    close: async () => {
      await Promise.all([close(), unscoped.$disconnect()]);
    },
  };
}

/** Sets the scope to one organization, and reads the membership of the user who asks. */
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

/** Sets the scope for a statement that reads. */
const readingScope = (setting: string, value: string): Statement => ({
  name: "reading-scope",
  text: `select set_config($1, $2, true), set_config('transaction_read_only', 'on', true)`,
  values: [setting, value],
});

/** Gives rows the type that their statement says they have. */
function asRows<Row extends object>(rows: object[] | undefined): Row[] {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the caller knows its statement
  return (rows ?? []) as Row[];
}

/** How many statements each connection keeps prepared. */
const preparedStatements = 500;

/**
 * Names each SQL text, so that PostgreSQL plans it once per connection: an unnamed statement costs half a millisecond each
 * time. Statements beyond the limit stay unnamed.
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
