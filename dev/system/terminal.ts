import { styleText } from "node:util";
import pinoPretty from "pino-pretty";

// The terminal may be gone (SIGHUP): later output is dropped.
process.stdout.on("error", () => {});

export function say(text = ""): void {
  process.stdout.write(`${text}\n`);
}

export function sayStep(text: string): void {
  say(`  ${styleText("green", "✓")} ${text}`);
}

export function sayNote(text: string): void {
  say(`  ${styleText("yellow", "•")} ${text}`);
}

export function sayFault(text: string): void {
  say(`  ${styleText("red", "✗")} ${text.replaceAll("\n", "\n    ")}`);
}

/** Runs a step and says so when it is done, with the time it took. */
export async function timeStep<T>(step: Promise<T>, describe: (result: T) => string): Promise<T> {
  const begun = performance.now();
  const result = await step;
  sayStep(`${describe(result)} ${styleText("dim", formatSeconds(performance.now() - begun))}`);
  return result;
}

export function formatSeconds(milliseconds: number): string {
  return `(${(milliseconds / 1_000).toFixed(1)} s)`;
}

const prettify = pinoPretty.prettyFactory({
  colorize: styleText("red", "", { stream: process.stdout }) !== "",
  translateTime: "SYS:HH:MM:ss",
  ignore: "pid,hostname",
  singleLine: true,
});

/** Prints a line of a child's output: pino's JSON made readable, other text as it is. */
export function relay(source: string, line: string): void {
  const text = line.startsWith("{") ? prettify(line).trimEnd() : line;
  const prefix = styleText("dim", `${source} │ `);
  say(prefix + text.replaceAll("\n", `\n${prefix}`));
}
