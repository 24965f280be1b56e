import { OpenIdError } from "./error.ts";

/** A document of the provider (discovery, keys) that all sign-ins share. */
export type SharedDocument<T> = {
  /**
   * Returns the held document when it is younger than `maxAge`, else a new one. If loading fails, it returns the held one
   * unless it is too stale or `acceptStale` forbids it.
   */
  read(options?: ReadOptions): Promise<T>;
  /** Whether the last attempt to load it failed. */
  isFailing(): boolean;
};

type ReadOptions = { maxAge?: number; acceptStale?: (error: OpenIdError) => boolean };

type SharedDocumentOptions<T> = {
  /** Loads and validates the document, which is then trusted and kept. It rejects only with OpenIdError. */
  load: () => Promise<T>;
  clock: () => Date;
  /** Called once per failed attempt. */
  onFailure: (error: OpenIdError) => void;
};

const fresh = 10 * 60_000;
const stale = 24 * 60 * 60_000;
/** Milliseconds without a further attempt after a failure; well below the 5 s in which a healed provider must work. */
const probeInterval = 2_000;

/**
 * A cache with one load at a time, whose failure rejects all that wait, and a breaker that makes one attempt per interval.
 * (The SDK's own cache lets its waiters try one after the other.) A failed load never replaces the held document.
 */
export function createSharedDocument<T>({
  load,
  clock,
  onFailure,
}: SharedDocumentOptions<T>): SharedDocument<T> {
  let held: { value: T; at: number } | undefined;
  let failure: { error: OpenIdError; at: number } | undefined;
  let flight: Promise<T> | undefined;

  // A clock that was set back makes ages negative: such a document counts as old.
  const isWithin = (at: number, limit: number) => {
    const age = clock().getTime() - at;
    return age >= 0 && age < limit;
  };

  async function fly(): Promise<T> {
    try {
      const value = await load();
      held = { value, at: clock().getTime() };
      failure = undefined;
      return value;
    } catch (error) {
      if (!(error instanceof OpenIdError)) throw error;
      failure = { error, at: clock().getTime() };
      onFailure(error);
      throw error;
    } finally {
      flight = undefined;
    }
  }

  async function reload(): Promise<T> {
    if (flight) return flight;
    if (failure && isWithin(failure.at, probeInterval)) throw failure.error;
    flight = fly();
    return flight;
  }

  return {
    async read({ maxAge = fresh, acceptStale = () => true } = {}) {
      if (held && isWithin(held.at, maxAge)) return held.value;
      try {
        return await reload();
      } catch (error) {
        if (!(error instanceof OpenIdError) || !acceptStale(error)) throw error;
        if (held && isWithin(held.at, stale)) return held.value;
        throw error;
      }
    },
    isFailing: () => failure !== undefined,
  };
}
