import { execFileSync } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";

import { writePage } from "./page.ts";
import { contenders, limit } from "./contenders.ts";
import { measure } from "./measure.ts";
import { plot } from "./plot.ts";
import { type Measurement, summarize, writeTables } from "./report.ts";
import { sizes } from "./rows.ts";
import { findScenario, scenarios } from "./scenarios.ts";

// `npm run bench`: the application beside a limit and a plain Koa application, in one run, so that they can be compared on any
// machine. docs/performance.md

const { values } = parseArgs({
  options: {
    large: { type: "boolean", default: false },
    write: { type: "boolean", default: false },
    rounds: { type: "string", default: "5" },
    seconds: { type: "string", default: "3" },
    connections: { type: "string", default: "32" },
    scenarios: { type: "string", default: scenarios.map(({ name }) => name).join() },
  },
});

const readNumber = (name: "rounds" | "seconds" | "connections") => {
  const number = Number(values[name]);
  if (number > 0) return number;
  throw new Error(`--${name} must be a number above 0.`);
};

const plan = {
  contenders,
  scenarios: values.scenarios.split(",").map(findScenario),
  rounds: readNumber("rounds"),
  seconds: readNumber("seconds"),
  connections: readNumber("connections"),
  note: (line: string) => void process.stderr.write(`${line}\n`),
};

const measurements: Measurement[] = [];
for (const size of values.large ? [sizes.small, sizes.large] : [sizes.small])
  measurements.push(await measure(plan, size));
const tables = writeTables(measurements, limit.name);
process.stdout.write(tables);

if (values.write) {
  const [first] = measurements;
  const docs = new URL("../docs/", import.meta.url);
  const rows = summarize(first?.rounds ?? [], limit.name);
  await writeFile(new URL("performance.svg", docs), plot(rows, limit.name));
  const page = writePage({ ...plan, tables, commit: readCommit() });
  await writeFile(new URL("performance.md", docs), page);
}

function readCommit(): string {
  const changes = git("status", "--porcelain", "--", "src", "prisma", "package-lock.json");
  return `${git("rev-parse", "--short", "HEAD")}${changes === "" ? "" : ", with changes"}`;
}

function git(...parameters: string[]): string {
  return execFileSync("git", parameters, { encoding: "utf8" }).trim();
}
