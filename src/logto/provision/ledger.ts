export type Entry = {
  outcome: "created" | "updated" | "unchanged" | "skipped" | "note";
  /** For example "organization role". */
  kind: string;
  /** Which one of its kind, and what happens to it. */
  text: string;
};

export type Ledger = ReturnType<typeof createLedger>;

/** Notes each change and makes it; a dry run only notes it. No step can do one without the other. */
export function createLedger({ isDryRun }: { isDryRun: boolean }) {
  const entries: Entry[] = [];
  const write = (outcome: Entry["outcome"]) => (kind: string, text: string) => {
    entries.push({ outcome, kind, text });
  };

  const change = (outcome: "created" | "updated") =>
    async function act<Result>(
      kind: string,
      text: string,
      send: () => Promise<Result>,
    ): Promise<Result | undefined> {
      const result = isDryRun ? undefined : await send();
      entries.push({ outcome, kind, text });
      return result;
    };

  const [update, keep] = [change("updated"), write("unchanged")];

  return {
    entries,
    /** @returns what was created; undefined in a dry run */
    create: change("created"),
    update,
    keep,
    /** Updates what differs, and names the differences. */
    async mend(
      kind: string,
      text: string,
      differences: readonly string[],
      send: () => Promise<void>,
    ): Promise<void> {
      if (differences.length === 0) keep(kind, text);
      else await update(kind, `${text}: ${differences.join(", ")}`, send);
    },
    /** The thing was left out, and the reason. */
    skip: write("skipped"),
    /** Something for the operator to know, and maybe to do. */
    note: write("note"),
  };
}

/** Lists what was done, a line each; what is unchanged is counted by kind. */
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
