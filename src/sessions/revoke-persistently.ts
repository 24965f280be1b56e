import type { PrismaClient } from "../database/generated/client.ts";
import { type RevokeReason, revokeSession } from "./revocation.ts";

const retryMilliseconds = 2_000;

/** Enough for any outage worth surviving in memory; past that the limits of sessions end them. */
const longestQueue = 10_000;

/**
 * Makes a function that revokes a session, and where the database is away goes on trying after
 * having thrown: a cookie that was signed out must not come back to life with the database.
 */
export function revokePersistently(unscoped: PrismaClient) {
  const waiting = new Map<string, RevokeReason>();
  let timer: NodeJS.Timeout | undefined;

  async function retry(): Promise<void> {
    timer = undefined;
    try {
      for (const [sessionId, reason] of waiting) {
        await revokeSession(unscoped, sessionId, reason);
        waiting.delete(sessionId);
      }
    } catch {
      // Still away; the request that wanted it has logged its failure.
      schedule();
    }
  }

  function schedule(): void {
    timer ??= setTimeout(() => void retry(), retryMilliseconds).unref();
  }

  return async (sessionId: string, reason: RevokeReason): Promise<void> => {
    try {
      await revokeSession(unscoped, sessionId, reason);
    } catch (error) {
      if (waiting.size < longestQueue) waiting.set(sessionId, reason);
      schedule();
      throw error;
    }
  };
}
