import { fileURLToPath } from "node:url";
import { stripVTControlCharacters } from "node:util";

import { type Circumstances, startAfresh } from "./fresh-start.ts";

// `npm run test:start` starts as a newcomer does. It starts the last commit afresh five times in a row, or as often as
// the parameter says, and ends with 1 when one of them failed.

const project = fileURLToPath(new URL("../..", import.meta.url));

const rounds: { name: string; circumstances: Circumstances }[] = [
  { name: "nothing special", circumstances: {} },
  { name: "nothing special", circumstances: {} },
  { name: "ports taken", circumstances: { arePortsTaken: true } },
  { name: "nothing special", circumstances: {} },
  { name: "port taken meanwhile", circumstances: { isPortStolen: true } },
];

const count = Number(process.argv[2] ?? rounds.length);
const durations: number[] = [];
for (let index = 0; index < count; index += 1) {
  const round = rounds[index % rounds.length];
  if (!round) break;
  // Every second start, so that in a longer series each of the circumstances meets a busy machine, too.
  const isBusy = index % 2 === 1;
  const name = `${round.name}, ${isBusy ? "both cores busy" : "quiet machine"}`;
  try {
    const duration = await startAfresh(project, { ...round.circumstances, isBusy });
    durations.push(duration);
    say(`start ${index + 1} of ${count}, ${name}: ${seconds(duration)}`);
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    say(`start ${index + 1} of ${count}, ${name}: failed\n${stripVTControlCharacters(text)}`);
    process.exitCode = 1;
  }
}
say(`${durations.length} of ${count} came up, median ${seconds(findMedian(durations))}`);

/** Of an even number, the mean of the two in the middle. */
function findMedian(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  const middle = (sorted.length - 1) / 2;
  const at = (index: number) => sorted[index] ?? Number.NaN;
  return (at(Math.floor(middle)) + at(Math.ceil(middle))) / 2;
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`;
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
