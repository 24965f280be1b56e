import { setTimeout as wait } from "node:timers/promises";

/** Milliseconds between two probes. */
const pause = 15_000;

/**
 * Asks the identity provider again and again whether it is there, in the background and one probe at a time, so that operators
 * notice an outage before people want to sign in.
 *
 * @param probe.look asks once and stores the result; it has its own timeout
 * @returns a function that stops it
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
        probe.logger.warn({ err: error }, "the identity provider could not be probed");
      });
      await wait(interval, undefined, { signal, ref: false }).catch(() => undefined);
    }
  }
  void keepLooking();
  return () => stopping.abort();
}
