import { expect, it } from "vitest";

import { plot } from "../../bench/plot.ts";
import { type Round, summarize, writeTables } from "../../bench/report.ts";

/** Rounds of one program: the requests per second of each, and its processor time. */
const roundsOf = (contender: string, rates: number[], server: number): Round[] =>
  rates.map((perSecond, round) => ({
    contender,
    scenario: "list",
    round,
    perSecond,
    p99: 9,
    server,
    database: 100,
    memory: 50 + round,
  }));

// The machine was slow in the second round, for both.
const rounds = [
  ...roundsOf("limit", [1000, 200, 900], 100),
  ...roundsOf("ours", [500, 100, 300], 300),
];

it("compares a program with the limit in the same round, and takes the medians", () => {
  const [limit, ours] = summarize(rounds, "limit");
  expect(limit).toMatchObject({ perSecond: 900, rateRatio: 1, costRatio: 1 });
  expect(ours).toMatchObject({
    perSecond: 300,
    rateRatio: 0.5,
    cost: 400,
    costRatio: 2,
    memory: 52,
  });
});

it("takes the mean of the two in the middle", () => {
  const [limit] = summarize(roundsOf("limit", [100, 400, 200, 300], 1), "limit");
  expect(limit?.perSecond).toBe(250);
});

it("writes a table for each size, and how much a request costs more in the larger one", () => {
  const starts = [{ contender: "ours", ms: [700, 500, 600] }];
  const small = { size: "few rows", rounds, starts };
  const later = [...roundsOf("limit", [900], 100), ...roundsOf("ours", [450], 400)];
  const text = writeTables([small, { size: "many rows", rounds: later, starts }], "limit");
  const tight = text.replaceAll(/ +/g, " ");
  expect(tight).toContain("## few rows");
  expect(tight).toContain("| list | ours | 300 | 0.50 | 300 + 100 | 2.00 | 9 |");
  expect(tight).toContain("| ours | 600 | 52 |");
  expect(tight).toContain("## many rows");
  expect(tight).toContain("| list | ours | 450 | 0.50 | 400 + 100 | 2.50 | 1.25 | 9 |");
});

it("leaves out what the system does not tell", () => {
  const unknown = rounds.map((round) => ({ ...round, server: Number.NaN, memory: Number.NaN }));
  const starts = [{ contender: "ours", ms: [600] }];
  const text = writeTables([{ size: "few rows", rounds: unknown, starts }], "limit");
  const tight = text.replaceAll(/ +/g, " ");
  expect(tight).toContain("| list | ours | 300 | 0.50 | – + 100 | – | 9 |");
  expect(tight).toContain("| ours | 600 | – |");
});

it("draws a bar for each program but the limit, as long as its ratio", () => {
  const svg = plot(summarize(rounds, "limit"), "limit");
  const widths = [...svg.matchAll(/<rect class="program-0" x="\d+" y="\d+" width="([\d.]+)"/g)];
  const line = Number(/<line x1="([\d.]+)"/.exec(svg)?.[1]) - 300;
  expect(widths.map(([, width]) => Number(width))).toEqual([12, line / 2]);
  expect(svg).toContain(">0.50</text>");
  expect(svg).toContain("prefers-color-scheme: dark");
  expect(svg).not.toContain("NaN");
});
