import type { Entry } from "./ledger.ts";

/** What was done, a line each; of one kind that stays as it is, how many. */
export function describeEntries(
  entries: readonly Entry[],
  { isDryRun }: { isDryRun: boolean },
): string[] {
  const lines = entries
    .filter(({ outcome }) => outcome !== "unchanged")
    .map(({ outcome, kind, text }) => describe(outcome, `${kind}: ${text}`));
  const unchanged = entries.filter(({ outcome }) => outcome === "unchanged");
  const kept = [...new Set(unchanged.map(({ kind }) => kind))].map((kind) => {
    const [first, ...others] = unchanged.filter((entry) => entry.kind === kind);
    const text = others.length === 0 ? first?.text : `${others.length + 1} of them`;
    return describe("unchanged", `${kind}: ${text}`);
  });
  const changes = entries.filter(
    ({ outcome }) => outcome === "created" || outcome === "updated",
  ).length;
  return [...kept, ...lines, "", summarize(changes, isDryRun)];

  function describe(outcome: Entry["outcome"], text: string): string {
    const word = isDryRun ? (ifDone[outcome] ?? outcome) : outcome;
    return `${word.padEnd(isDryRun ? 12 : 9)}  ${text}`;
  }
}

const ifDone: Partial<Record<Entry["outcome"], string>> = {
  created: "would create",
  updated: "would update",
};

function summarize(changes: number, isDryRun: boolean): string {
  if (changes === 0) return "Nothing to change: Logto is as it should be.";
  const things = changes === 1 ? "1 thing" : `${changes} things`;
  return isDryRun
    ? `Nothing was changed. ${things} would be: run it without --dry-run.`
    : `${things} changed. Running it again changes nothing.`;
}
