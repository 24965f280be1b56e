import { readFile } from "node:fs/promises";

import { describe, expect, it } from "vitest";

import { featureTests } from "../features.ts";
import { useApplication } from "../support/application.ts";
import { assemble, comeAnew, logtoWays, tryWay, type Ways } from "./decisions-world.ts";

const features: Ways[] = [logtoWays, ...featureTests.flatMap(({ ways }) => ways ?? [])];
const olderWays = Object.assign(
  {},
  ...features.map((each) => each.older),
) as Required<Ways>["older"];
const newerWays = Object.assign(
  {},
  ...features.map((each) => each.newer),
) as Required<Ways>["newer"];
const decisions = Object.assign(
  {},
  ...features.map((each) => each.decisions),
) as Required<Ways>["decisions"];

const application = useApplication();

/** The cells of the tables of docs/joining.md, each with its row and its column. */
const page = await readFile(new URL("../../docs/joining.md", import.meta.url), "utf8");
function readTable(corner: string): { way: string; decision: string; holds: string }[] {
  const lines = page.split("\n");
  const first = lines.findIndex((line) => line.startsWith(`| ${corner} `));
  const table = lines.slice(first, lines.indexOf("", first));
  const [[, ...columns] = [], , ...rows] = table.map((line) =>
    line
      .slice(1, -1)
      .split("|")
      .map((cell) => cell.trim()),
  );
  return rows.flatMap(([way = "", ...cells]) =>
    columns.map((decision, index) => ({ way, decision, holds: cells[index] ?? "" })),
  );
}

/** The meaning of a cell's word for a person who was demoted to viewer, or was a member. */
const meaning: Record<string, string> = {
  in: "admin",
  up: "admin",
  stays: "viewer",
  suspended: "suspended member",
};

const older = readTable("older than the decision");
const newer = readTable("newer than the decision");

describe("the tables of docs/joining.md", () => {
  it("have every grant, every decision, and nothing else", () => {
    const names = (cells: typeof older) => new Set(cells.map(({ way }) => way));
    expect(names(older)).toEqual(new Set(Object.keys(olderWays)));
    expect(names(newer)).toEqual(new Set(Object.keys(newerWays)));
    const columns = new Set([...older, ...newer].map(({ decision }) => decision));
    expect(columns).toEqual(new Set(Object.keys(decisions)));
    expect(older).toHaveLength(Object.keys(olderWays).length * columns.size);
  });
});

describe("IN17 a grant that is older than the decision", () => {
  it.each(older)(
    "$way, after the person is $decision: $holds",
    async ({ way, decision, holds }) => {
      const world = await assemble(application, decision);
      const use = await olderWays[way]?.(world);
      if (!use) throw new Error(`Nobody knows ${way}.`);
      await decisions[decision]?.(world);
      const as = decision === "account deleted" ? await comeAnew(world) : world.ada;
      expect(await tryWay(world, use, as)).toBe(meaning[holds] ?? holds);
    },
  );
});

describe("IN17 a grant that is newer than the decision", () => {
  it.each(newer)(
    "$way, after the person is $decision: $holds",
    async ({ way, decision, holds }) => {
      const world = await assemble(application, decision);
      await decisions[decision]?.(world);
      const use = await newerWays[way]?.(world);
      if (!use) throw new Error(`Nobody knows ${way}.`);
      const as = decision === "account deleted" ? await comeAnew(world) : world.ada;
      expect(await tryWay(world, use, as)).toBe(meaning[holds] ?? holds);
    },
  );
});
