import { setTimeout as wait } from "node:timers/promises";

/** Milliseconds between two looks. */
const pause = 15_000;

/**
 * Looks at the start, and from then on again and again, whether the identity provider is there: so that operators know
 * before somebody wants to sign in. One look at a time, in the background; nothing waits for it.
 *
 * @param probe.look finds out, and keeps what it found; it bounds its time itself
 * @returns a function that ends it
 */
export function startProviderProbe(
  probe: { look(): Promise<void>; logger: { warn(fields: object, message: string): void } },
  interval = pause,
): () => void {
  const stopping = new AbortController();
  const { signal } = stopping;
  async function keepLooking(): Promise<void> {
    while (!signal.aborted) {
      await probe.look().catch((error: unknown) => {
        probe.logger.warn({ err: error }, "the identity provider could not be looked at");
      });
      await wait(interval, undefined, { signal, ref: false }).catch(() => undefined);
    }
  }
  void keepLooking();
  return () => stopping.abort();
}
