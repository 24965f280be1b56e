import { z } from "zod";

import { seal, unseal } from "../http/seal.ts";

/** Hands values to a browser for a while, so that it can bring them back and can neither read nor change them. */
export type Sealer<T> = {
  seal(value: T): Promise<string>;
  /** Null where it was not sealed for this, or too long ago. */
  open(sealed: string): Promise<T | null>;
};

type SealerOptions = {
  /** The newest seals, all of them open. */
  secrets: readonly string[];
  /** Keeps what was sealed for one thing from being opened for another. */
  purpose: string;
  lifetimeSeconds: number;
  /** Milliseconds since 1970. */
  now?: () => number;
};

/** @param schema what it seals: JSON comes back */
export function createSealer<T>(schema: z.ZodType<T>, options: SealerOptions): Sealer<T> {
  const { secrets, purpose, lifetimeSeconds, now = Date.now } = options;
  const envelope = z.object({ value: schema, expiresAt: z.number() });
  const [newest = ""] = secrets;
  return {
    seal(value) {
      const expiresAt = now() + lifetimeSeconds * 1_000;
      return seal(JSON.stringify({ value, expiresAt }), newest, purpose);
    },
    async open(sealed) {
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
