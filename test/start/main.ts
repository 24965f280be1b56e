import { fileURLToPath } from "node:url";
import { stripVTControlCharacters } from "node:util";

import { type Circumstances, startAfresh } from "./fresh-start.ts";

// `npm run test:start`: what a newcomer meets first. Starts the last commit afresh five times in a row, or as often as
// the parameter says, and ends with 1 when one of them failed.

const project = fileURLToPath(new URL("../..", import.meta.url));

const rounds: { name: string; circumstances: Circumstances }[] = [
  { name: "quiet machine", circumstances: {} },
  { name: "both cores busy", circumstances: { isBusy: true } },
  { name: "ports taken", circumstances: { arePortsTaken: true } },
  { name: "both cores busy", circumstances: { isBusy: true } },
  { name: "port taken meanwhile", circumstances: { isPortStolen: true } },
];

const count = Number(process.argv[2] ?? rounds.length);
const durations: number[] = [];
for (let index = 0; index < count; index += 1) {
  const round = rounds[index % rounds.length];
  if (!round) break;
  try {
    const duration = await startAfresh(project, round.circumstances);
    durations.push(duration);
    say(`start ${index + 1} of ${count}, ${round.name}: ${seconds(duration)}`);
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    say(`start ${index + 1} of ${count}, ${round.name}: failed\n${stripVTControlCharacters(text)}`);
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
