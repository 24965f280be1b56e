import type pg from "pg";

import { isAnswer, type Work } from "./batch.ts";

/** Milliseconds after which no more work joins the work on a connection, so that the pool gets it back and may replace it. */
const joinTime = 250;

/** Milliseconds without an answer after which new work avoids a connection. It takes another one, if any is open. */
const slowAnswer = 20;

/** A connection that the pool has lent. */
type Loan = {
  client: Promise<pg.PoolClient>;
  since: number;
  answeredAt: number;
  works: number;
  fault: Error | undefined;
};

/**
 * Lets several pieces of work use a connection at once, so that they share its reads and writes. Work joins other work only
 * when no connection is free.
 *
 * It is for work of one batch that reads: PostgreSQL runs the batches of a connection one after the other, so that none may wait
 * for a lock. Work runs once more when its connection is lost: the batch of another request may have been the cause.
 *
 * @param pool its connections have the option `pipeline`
 */
export function shareConnections(pool: pg.Pool): <T>(work: Work<T>) => Promise<T> {
  /** Those that take more work. */
  const open = new Set<Loan>();
  let lent = 0;

  const borrow = (now: number): Loan => {
    const loan = {
      client: pool.connect(),
      since: now,
      answeredAt: now,
      works: 0,
      fault: undefined,
    };
    lent += 1;
    open.add(loan);
    return loan;
  };

  const join = (): Loan => {
    const now = performance.now();
    for (const loan of open) if (now - loan.since > joinTime) open.delete(loan);
    if (lent < pool.options.max || open.size === 0) return borrow(now);
    const load = ({ works, answeredAt }: Loan) =>
      now - answeredAt > slowAnswer ? works + 1_000 : works;
    return [...open].reduce((least, loan) => (load(loan) < load(least) ? loan : least));
  };

  const leave = (loan: Loan): void => {
    loan.works -= 1;
    if (loan.works > 0) return;
    open.delete(loan);
    lent -= 1;
    loan.client.then(
      (client) => client.release(loan.fault),
      () => undefined,
    );
  };

  const run = async <T>(work: Work<T>, isLastTry = false): Promise<T> => {
    const loan = join();
    loan.works += 1;
    let isConnected = false;
    try {
      const client = await loan.client;
      isConnected = true;
      const result = await work(client);
      loan.answeredAt = performance.now();
      return result;
    } catch (error) {
      open.delete(loan);
      if (isAnswer(error) || !(error instanceof Error)) throw error;
      // The work that was sent first times out first. Work behind it may time out before it hears of the loss.
      const isCause = loan.fault === undefined && error.message === "Query read timeout";
      loan.fault ??= error;
      if (!isConnected || isLastTry || isCause) throw error;
    } finally {
      leave(loan);
    }
    return run(work, true);
  };
  return run;
}
