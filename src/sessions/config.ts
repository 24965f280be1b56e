import { z } from "zod";

import { number, signingKeys, splitSecrets } from "../runtime/settings.ts";

export const sessionSettings = z.object({
  SESSION_SECRET: signingKeys,
  SESSION_IDLE_HOURS: number(0.1, 24 * 30).default(8),
  SESSION_ABSOLUTE_HOURS: number(0.1, 24 * 365).default(24 * 7),
});

export const arrangeSessions = (values: z.output<typeof sessionSettings>) => ({
  /** The first one signs; all of them are accepted, so that keys can be rotated. */
  secrets: splitSecrets(values.SESSION_SECRET),
  idleSeconds: values.SESSION_IDLE_HOURS * 3600,
  absoluteSeconds: values.SESSION_ABSOLUTE_HOURS * 3600,
});
