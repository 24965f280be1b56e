/** Milliseconds in which the log says it once of each reason, however many there are: anybody can send something. */
const pause = 60_000;

export type WebhookRefusals = {
  /** @param reason a word of ours: nothing of what was sent */
  note(reason: string): void;
  /** How many there were since the start of this process, by reason. */
  readonly counts: ReadonlyMap<string, number>;
};

/**
 * Counts webhooks that were not taken, and warns of them: mostly a signing key that is wrong here, or was replaced at Logto,
 * which itself tells nobody that it was refused.
 *
 * @param clock milliseconds, of a clock that only goes forward
 */
export function createWebhookRefusals(
  logger: { warn(fields: object, message: string): void },
  clock: () => number = () => performance.now(),
): WebhookRefusals {
  const counts = new Map<string, number>();
  const warnings = new Map<string, { at: number; count: number }>();
  return {
    counts,
    note(reason) {
      const count = (counts.get(reason) ?? 0) + 1;
      counts.set(reason, count);
      const last = warnings.get(reason);
      const now = clock();
      if (last && now - last.at < pause) return;
      warnings.set(reason, { at: now, count });
      const fields = { part: "webhooks", reason, count: count - (last?.count ?? 0) };
      logger.warn(fields, "webhooks were refused");
    },
  };
}
