/** Milliseconds between two lines. */
const pause = 1_000;

/**
 * Counts what anybody can cause as often as they like, and has it logged at most once a second: the first at once, those
 * that follow together.
 *
 * @param write gets how many there were of each name since the last time
 * @returns a function that counts one; names are ours, and few
 */
export function logSparsely(
  write: (counts: Readonly<Record<string, number>>) => void,
): (name: string) => void {
  let counts: Record<string, number> = {};
  let timer: NodeJS.Timeout | undefined;
  function flush(): void {
    timer = undefined;
    if (Object.keys(counts).length === 0) return;
    write(counts);
    counts = {};
    timer = setTimeout(flush, pause).unref();
  }
  return (name) => {
    counts[name] = (counts[name] ?? 0) + 1;
    if (!timer) flush();
  };
}
