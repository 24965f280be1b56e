import { z } from "zod";

import { seal, unseal } from "../http/seal.ts";

type SealerOptions = {
  /** The newest one seals, and each of them opens. */
  secrets: readonly string[];
  /** A value that was sealed for one purpose cannot be opened for another. */
  purpose: string;
  lifetimeSeconds: number;
  /** Milliseconds since 1970. */
  now?: () => number;
};

/**
 * Seals values that a browser carries for a while: it can bring them back, and can neither read nor change them.
 *
 * @param schema of the value, which has to be JSON
 */
export function createSealer<T>(schema: z.ZodType<T>, options: SealerOptions) {
  const { secrets, purpose, lifetimeSeconds, now = Date.now } = options;
  const envelope = z.object({ value: schema, expiresAt: z.number() });
  const [newest = ""] = secrets;
  return {
    seal(value: T): Promise<string> {
      const expiresAt = now() + lifetimeSeconds * 1_000;
      return seal(JSON.stringify({ value, expiresAt }), newest, purpose);
    },
    /** @returns null for a value that has expired or was not sealed for this purpose */
    async open(sealed: string): Promise<T | null> {
      for (const secret of secrets) {
        const text = await unseal(sealed, secret, purpose);
        if (text === null) continue;
        const { value, expiresAt } = envelope.parse(JSON.parse(text));
        return now() < expiresAt ? value : null;
      }
      return null;
    },
  };
}
