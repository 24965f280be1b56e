export type Entry = {
  outcome: "created" | "updated" | "unchanged" | "skipped" | "note";
  /** Such as "organization role". */
  kind: string;
  /** Which one of its kind, and what about it. */
  text: string;
};

export type Ledger = ReturnType<typeof createLedger>;

/**
 * Notes what is done, and does it, unless it is only to be seen what would be: so no step can forget either of them.
 */
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

  return {
    entries,
    /** @returns what was made; undefined in a dry run */
    create: change("created"),
    update: change("updated"),
    keep: write("unchanged"),
    /** Left out, and why. */
    skip: write("skipped"),
    /** Something to know, and maybe to do by hand. */
    note: write("note"),
  };
}
