import type { SyncContext } from "./compare-organization.ts";

/** TEMPORARY: the branch webhooks has the real one. */
export function reconcileUsers(
  _context: SyncContext,
  _options: { isDryRun: boolean },
): Promise<string[]> {
  return Promise.resolve([]);
}
