import pg from "pg";
import { serialize } from "pg-protocol";

/** A prepared statement. */
export type Statement = {
  /** Unique to the text; PostgreSQL plans it once per connection. An empty name: planned each time, for its values. */
  name: string;
  text: string;
  values: unknown[];
};

/**
 * Runs statements as one transaction in one round trip: all of them are bound and executed before one Sync at the end, which
 * commits, or undoes everything after an error (the extended query protocol of PostgreSQL, "Pipelining"). A setting that one
 * statement makes with `set_config(…, true)` holds for the next ones.
 *
 * @param timeoutMs the connection is given up when the answer takes longer
 * @returns the rows of each statement
 */
export async function runBatch(
  pool: pg.Pool,
  statements: readonly Statement[],
  timeoutMs: number,
): Promise<object[][]> {
  // A value that cannot be sent throws here, before a part of the batch is on its way.
  const sent = statements.map(({ values, ...statement }) => ({
    ...statement,
    values: values.map(writeValue),
  }));
  const client = await pool.connect();
  let lost: Error | undefined;
  try {
    return await new Promise<object[][]>((resolve, reject) => {
      const batch = new Batch(sent, timeoutMs, (error, rows) =>
        error ? reject(error) : resolve(rows),
      );
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- pg's types lack most of a connection's methods
      client.query(batch as unknown as pg.Submittable);
    });
  } catch (error) {
    if (error instanceof Error && !isAnswer(error)) lost = error;
    throw error;
  } finally {
    client.release(lost);
  }
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
function isAnswer(error: Error): boolean {
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

/** A query that pg submits like its own: it calls the methods `handle…` with what PostgreSQL answers. */
class Batch {
  readonly query_timeout: number;
  /** pg replaces it by one that also stops the clock. */
  callback: Answer;
  readonly #statements: readonly Statement[];
  readonly #rows: object[][];
  #known = new Map<string, Shape | null>();
  /** The statement whose answer is awaited. */
  #at = 0;
  #shape: Shape | null = null;
  #fault: Error | null = null;

  constructor(statements: readonly Statement[], timeoutMs: number, callback: Answer) {
    this.#statements = statements;
    this.#rows = statements.map(() => []);
    this.query_timeout = timeoutMs;
    this.callback = callback;
  }

  submit(wire: pg.Connection): void {
    this.#known = prepared.get(wire) ?? new Map<string, Shape | null>();
    prepared.set(wire, this.#known);
    const messages: Buffer[] = [];
    for (const { name, text, values } of this.#statements) {
      const isKnown = this.#known.has(name);
      if (!isKnown) {
        // After an error we do not know whether PostgreSQL has it. Closing one that is not there is no error.
        messages.push(serialize.close({ type: "S", name }), serialize.parse({ name, text }));
      }
      messages.push(serialize.bind({ statement: name, values }));
      if (!isKnown) messages.push(serialize.describe({ type: "P", name: "" }));
      messages.push(serialize.execute({}));
    }
    messages.push(serialize.sync());
    // One write of one buffer: several writes cost a short request a quarter of its processor time.
    if (wire.stream.writable) wire.stream.write(Buffer.concat(messages));
    this.#begin();
  }

  #begin(): void {
    this.#shape = this.#known.get(this.#statements[this.#at]?.name ?? "") ?? null;
  }

  handleRowDescription({ fields }: { fields: object[] }): void {
    this.#shape = new Result(undefined, types);
    this.#shape.addFields(fields);
  }

  handleDataRow({ fields }: { fields: unknown[] }): void {
    try {
      if (this.#shape) this.#rows[this.#at]?.push(this.#shape.parseRow(fields));
    } catch (error) {
      this.#fault ??= error instanceof Error ? error : new Error(String(error));
    }
  }

  handleCommandComplete(): void {
    const name = this.#statements[this.#at]?.name ?? "";
    if (name !== "") this.#known.set(name, this.#shape);
    this.#at += 1;
    this.#begin();
  }

  handleReadyForQuery(): void {
    this.callback(this.#fault, this.#rows);
  }

  handleError(error: Error): void {
    this.#known.delete(this.#statements[this.#at]?.name ?? "");
    this.callback(error, []);
  }
}
