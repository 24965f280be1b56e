import type { Writable } from "node:stream";

import pg from "pg";
import { serialize } from "pg-protocol";

/** A prepared statement. */
export type Statement = {
  /** Unique to the text; PostgreSQL plans it once per connection. An empty name: planned each time, for its values. */
  name: string;
  text: string;
  values: unknown[];
};

/** Work with a connection. */
export type Work<T> = (client: pg.PoolClient) => Promise<T>;

/** Runs work on a connection that it has for itself. */
export function ownConnections(pool: pg.Pool): <T>(work: Work<T>) => Promise<T> {
  return async (work) => {
    const client = await pool.connect();
    let lost: Error | undefined;
    try {
      return await work(client);
    } catch (error) {
      if (error instanceof Error && !isAnswer(error)) lost = error;
      throw error;
    } finally {
      client.release(lost);
    }
  };
}

/**
 * Runs statements as one transaction in one round trip: all of them are bound and executed before one Sync at the end, which
 * commits, or undoes everything after an error (the extended query protocol of PostgreSQL, "Pipelining"). A setting that one
 * statement makes with `set_config(…, true)` holds for the next ones.
 *
 * @param timeoutMs the connection is given up when the answer takes longer
 * @returns the rows of each statement
 */
export async function runBatch(
  client: pg.PoolClient,
  statements: readonly Statement[],
  timeoutMs: number,
): Promise<object[][]> {
  return new Promise<object[][]>((resolve, reject) => {
    client.query(
      new Batch(statements, timeoutMs, (error, rows) => (error ? reject(error) : resolve(rows))),
    );
  });
}

/** pg would write an instant in the zone of this machine, and so another day. */
function writeValue(value: unknown): unknown {
  return value instanceof Date ? value.toISOString() : prepareValue(value);
}

const date: number = pg.types.builtins.DATE;

/** A day is midnight in UTC, as Prisma has it; pg would take the zone of this machine. */
const types = {
  getTypeParser: (oid: number) =>
    oid === date
      ? (day: string) => new Date(`${day}T00:00:00Z`)
      : pg.types.getTypeParser(oid, "text"),
};

/** Whether PostgreSQL refused a statement and goes on with the connection: 57P… says that it ends it. */
export function isAnswer(error: unknown): boolean {
  return error instanceof pg.DatabaseError && !error.code?.startsWith("57P");
}

type Answer = (error: Error | null, rows: object[][]) => void;

/** The parts of pg that its types leave out. */
type Internals = {
  Result: new (rowMode: undefined, from: typeof types) => Shape;
  utils: { prepareValue(value: unknown): unknown };
};
// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the same
const { Result, utils } = pg as unknown as Internals;
const { prepareValue } = utils;

type Shape = { addFields(fields: object[]): void; parseRow(values: unknown[]): object };

/** The statements that PostgreSQL keeps for a connection. A statement without columns has no shape. */
const prepared = new WeakMap<pg.Connection, Map<string, Shape | null>>();

/**
 * A query that pg submits like its own: it calls the methods `handle…` with what PostgreSQL answers. Other batches may be on
 * their way on the same connection.
 */
class Batch extends pg.Query {
  readonly query_timeout: number;
  /** pg replaces it by one that also stops the clock. */
  callback: Answer;
  readonly #statements: readonly Statement[];
  readonly #rows: object[][];
  #known = new Map<string, Shape | null>();
  /** As they are known when the batch is sent. Those of the others come with the answer. */
  #shapes: (Shape | null)[] = [];
  /** The statement whose answer is awaited. */
  #at = 0;
  #fault: Error | null = null;

  constructor(statements: readonly Statement[], timeoutMs: number, callback: Answer) {
    super({ text: "" });
    this.#statements = statements.map(({ values, ...statement }) => ({
      ...statement,
      values: values.map(writeValue),
    }));
    this.#rows = statements.map(() => []);
    this.query_timeout = timeoutMs;
    this.callback = callback;
  }

  override submit = (wire: pg.Connection): void => {
    const known = prepared.get(wire) ?? new Map<string, Shape | null>();
    prepared.set(wire, known);
    this.#known = known;
    this.#shapes = this.#statements.map(({ name }) => known.get(name) ?? null);
    const messages: Buffer[] = [];
    for (const { name, text, values } of this.#statements) {
      const isKnown = known.has(name);
      if (!isKnown) {
        // After an error we do not know whether PostgreSQL has it. Closing one that is not there is no error.
        messages.push(serialize.close({ type: "S", name }), serialize.parse({ name, text }));
      }
      messages.push(serialize.bind({ statement: name, values }));
      if (!isKnown) messages.push(serialize.describe({ type: "P", name: "" }));
      messages.push(serialize.execute({}));
    }
    messages.push(serialize.sync());
    writeTogether(wire.stream, Buffer.concat(messages));
  };

  handleRowDescription({ fields }: { fields: object[] }): void {
    const shape = new Result(undefined, types);
    shape.addFields(fields);
    this.#shapes[this.#at] = shape;
  }

  handleDataRow({ fields }: { fields: unknown[] }): void {
    try {
      const row = this.#shapes[this.#at]?.parseRow(fields);
      if (row) this.#rows[this.#at]?.push(row);
    } catch (error) {
      this.#fault ??= error instanceof Error ? error : new Error(String(error));
    }
  }

  handleCommandComplete(): void {
    const name = this.#statements[this.#at]?.name ?? "";
    if (name !== "") this.#known.set(name, this.#shapes[this.#at] ?? null);
    this.#at += 1;
  }

  handleReadyForQuery(): void {
    this.callback(this.#fault, this.#rows);
  }

  handleError(error: Error): void {
    this.#known.delete(this.#statements[this.#at]?.name ?? "");
    this.callback(error, []);
  }
}

/**
 * Writes what all requests of this turn of the event loop send on a connection with one system call, at its end: a write costs
 * a short request a quarter of its processor time.
 */
function writeTogether(stream: Writable, bytes: Buffer): void {
  if (!stream.writable) return;
  if (stream.writableCorked === 0) {
    stream.cork();
    setImmediate(() => stream.uncork());
  }
  stream.write(bytes);
}
