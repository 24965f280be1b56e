import { setTimeout as wait } from "node:timers/promises";

import { isConflict } from "./faults.ts";
import type { PrismaClient } from "./generated/client.ts";

/** How often a transaction is tried. */
const mostTries = 4;

/** No transaction is tried again after that many milliseconds. PostgreSQL looks for a deadlock after one second. */
const timeLimit = 3_500;

/**
 * Begins a transaction again when PostgreSQL has ended it because it met another one (a deadlock, a failed serialization):
 * nothing of it has happened. So a transaction must have no effect outside of the database.
 *
 * @returns the same client
 */
export function retryTransactions(client: PrismaClient, slowness: number): PrismaClient {
  type Call = Parameters<typeof client.$transaction>;
  const begin = client.$transaction.bind(client);
  return Object.assign(client, {
    $transaction: (...call: Call) => retry(() => begin(...call), timeLimit * slowness),
  });
}

/** @throws what the last try failed with */
async function retry<T>(work: () => Promise<T>, limit: number): Promise<T> {
  const end = performance.now() + limit;
  for (let tries = 1; ; tries += 1) {
    try {
      return await work();
    } catch (error) {
      if (!isConflict(error) || tries >= mostTries || performance.now() > end) throw error;
      // Those that met do not meet again.
      await wait(Math.random() * 50 * tries);
    }
  }
}
