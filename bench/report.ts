import { isReadable } from "./processes.ts";

/** The figures of one program in one round of one scenario. */
export type Round = {
  contender: string;
  scenario: string;
  round: number;
  perSecond: number;
  /** Milliseconds; one answer in a hundred takes longer. */
  p99: number;
  /** Microseconds of processor time per answer: of the program, and of PostgreSQL. */
  server: number;
  database: number;
  /** MiB, at most. */
  memory: number;
};

export type Measurement = {
  size: string;
  rounds: Round[];
  /** Milliseconds of each start. */
  starts: { contender: string; ms: number[] }[];
};

/** The medians of a program's rounds, and of their ratios to the limit in the same round. */
export type Row = Omit<Round, "round"> & { cost: number; rateRatio: number; costRatio: number };

function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  const middle = sorted.slice((sorted.length - 1) >> 1, (sorted.length >> 1) + 1);
  return middle.reduce((sum, value) => sum + value, 0) / middle.length;
}

const costOf = ({ server, database }: Round) => server + database;

/** @param limit the name of the program that the ratios are to */
export function summarize(rounds: readonly Round[], limit: string): Row[] {
  const groups = Map.groupBy(rounds, ({ scenario, contender }) => `${scenario}\n${contender}`);
  return [...groups.entries()].map(([key, group]) => {
    const [scenario = "", contender = ""] = key.split("\n");
    const limits = groups.get(`${scenario}\n${limit}`) ?? [];
    const middle = (read: (round: Round) => number) => median(group.map(read));
    const ratio = (read: (round: Round) => number) =>
      middle((each) => {
        const same = limits.find(({ round }) => round === each.round);
        return same ? read(each) / read(same) : Number.NaN;
      });
    return {
      contender,
      scenario,
      perSecond: middle(({ perSecond }) => perSecond),
      p99: middle(({ p99 }) => p99),
      server: middle(({ server }) => server),
      database: middle(({ database }) => database),
      memory: Math.max(...group.map(({ memory }) => memory)),
      cost: middle(costOf),
      rateRatio: ratio(({ perSecond }) => perSecond),
      costRatio: ratio(costOf),
    };
  });
}

/** Writes the tables of all sizes in Markdown. The second size also has a column with the growth of the cost. */
export function writeTables(measurements: readonly Measurement[], limit: string): string {
  const [first] = measurements.map(({ rounds }) => summarize(rounds, limit));
  const tables = measurements.map((measurement, index) =>
    writeSize(measurement, summarize(measurement.rounds, limit), index === 0 ? null : first),
  );
  if (!isReadable)
    tables.push("This system does not tell processor time and memory: those columns are empty.\n");
  return tables.join("\n");
}

function writeSize({ size, starts }: Measurement, rows: Row[], smaller: Row[] | null = null) {
  const findGrowth = ({ scenario, contender, cost }: Row) => {
    const same = smaller?.find(
      (other) => other.scenario === scenario && other.contender === contender,
    );
    return same ? [write(cost / same.cost, 2)] : [];
  };
  const speeds = rows.map((row) => [
    row.scenario,
    row.contender,
    write(row.perSecond),
    write(row.rateRatio, 2),
    `${write(row.server)} + ${write(row.database)}`,
    write(row.costRatio, 2),
    ...findGrowth(row),
    write(row.p99),
  ]);
  const growth = smaller ? ["÷ the smaller size"] : [];
  const head = ["request", "program", "per second", "÷ limit", "µs + PostgreSQL's", "÷ limit"];
  const others = starts.map(({ contender, ms }) => {
    const memories = rows.filter((row) => row.contender === contender).map(({ memory }) => memory);
    return [contender, write(median(ms)), write(Math.max(...memories))];
  });
  return `## ${size}

${writeTable([...head, ...growth, "p99 ms"], speeds)}
${writeTable(["program", "ms from start to first 200", "MiB under load"], others)}`;
}

const write = (value: number, digits = 0) => (Number.isFinite(value) ? value.toFixed(digits) : "–");

export function writeTable(head: string[], rows: string[][]): string {
  const all = [head, head.map(() => ""), ...rows];
  const widths = head.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  const lines = all.map((row, index) => {
    const cells = widths.map((width, column) =>
      (row[column] ?? "").padEnd(width, index === 1 ? "-" : " "),
    );
    return `| ${cells.join(" | ")} |\n`;
  });
  return lines.join("");
}
