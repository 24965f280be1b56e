import { setTimeout as wait } from "node:timers/promises";

import { isConflict } from "./faults.ts";
import type { PrismaClient } from "./generated/client.ts";

/** How often a transaction is tried. */
const maxTries = 4;

/** Milliseconds after which no transaction is tried again. PostgreSQL looks for a deadlock after one second. */
const timeLimit = 3_500;

/**
 * Repeats a transaction that PostgreSQL rolled back because of a conflict with another one (a deadlock, a failed
 * serialization). So a transaction must have no effect outside the database.
 *
 * @returns the same client
 */
export function retryTransactions(client: PrismaClient, slowness: number): PrismaClient {
  type Call = Parameters<typeof client.$transaction>;
  const begin = client.$transaction.bind(client);
  return Object.assign(client, {
    $transaction: (...call: Call) => retry(() => begin(...call), slowness),
  });
}

/** Repeats work that conflicted with another transaction. @throws the error of the last try */
export async function retry<T>(work: () => Promise<T>, slowness: number): Promise<T> {
  const end = performance.now() + timeLimit * slowness;
  for (let tries = 1; ; tries += 1) {
    try {
      return await work();
    } catch (error) {
      if (!isConflict(error) || tries >= maxTries || performance.now() > end) throw error;
      // Transactions that conflicted must not start at the same moment again.
      await wait(Math.random() * 50 * tries);
    }
  }
}
