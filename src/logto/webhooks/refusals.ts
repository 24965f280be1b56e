/** Milliseconds between two warnings of one reason: anybody can send requests. */
const pause = 60_000;

export type WebhookRefusals = {
  /** @param reason a word of ours, and nothing that was sent */
  note(reason: string): void;
  /** Since the start of this process, by reason. */
  readonly counts: ReadonlyMap<string, number>;
};

/**
 * Counts refused webhooks, and warns of them: mostly the signing key is wrong here or was replaced at Logto. Logto itself
 * does not report that a webhook was refused.
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
