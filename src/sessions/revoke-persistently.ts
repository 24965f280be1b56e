import type { PrismaClient } from "../database/generated/client.ts";
import { type RevokeReason, revokeSession } from "./revocation.ts";

const retryMilliseconds = 2_000;

/** The limits of sessions end those that do not fit. */
const longestQueue = 10_000;

/**
 * Makes a function that revokes a session. If the database fails, it throws, and goes on trying in the background: a
 * session that was signed out must not live on when the database is back.
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
      // The database is still away. The request has logged its failure.
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
