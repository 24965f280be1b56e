import { existsSync } from "node:fs";
import { glob } from "node:fs/promises";
import { join } from "node:path";

import { beforeAll, describe, expect, it } from "vitest";

import { read, root } from "./support/documents.ts";

/** How many rows each section has, by the letters of its codes. */
const sections = {
  SI: 37,
  SE: 29,
  CS: 14,
  TI: 22,
  RB: 18,
  IN: 18,
  WH: 14,
  AP: 19,
  UP: 5,
  FA: 28,
  SC: 6,
  PR: 7,
};

const readPage = () => read("docs/threats.md");

/** A line of the page: its code, and the tests that it names, with the code that each has of another row. */
type Row = { code: string; tests: { path: string; code: string }[] };

/** The items of a list that begin with a code in bold. */
function listRows(markdown: string): Row[] {
  const items = markdown.split(/^(?=- |#|$)/m).map((item) => item.replaceAll(/\s+/g, " "));
  return items.flatMap((item) => {
    const code = /^- \*\*([A-Z]{2}\d{2})\*\* \S/.exec(item)?.[1];
    if (!code) return [];
    const named = [...item.matchAll(/`(test\/[^`]+)`(?: \(([A-Z]{2}\d{2})\))?/g)];
    const tests = named.map(([, path = "", other = code]) => ({ path, code: other }));
    return [{ code, tests }];
  });
}

/** The codes at the beginning of titles, or of what is put into one: `it("TI01 RB01 lets …")`. */
function listCodes(source: string): string[] {
  const titles = source.matchAll(/["'`]((?:[A-Z]{1,2}\d{1,2} )+)\S/g);
  return [...titles].flatMap(([, codes = ""]) => codes.trim().split(" "));
}

describe("docs/threats.md", () => {
  let held: Row[];
  let unheld: Row[];
  /** The codes that the titles of each test begin with. */
  const codesOf = new Map<string, Set<string>>();
  beforeAll(async () => {
    const [above = "", below = ""] = (await readPage()).split("\n## Not held\n");
    [held, unheld] = [listRows(above), listRows(below)];
    for await (const path of glob("test/**/*.test.{ts,tsx}", { cwd: root })) {
      if (path !== "test/threats.test.ts") codesOf.set(path, new Set(listCodes(await read(path))));
    }
  });

  it("has each row once, under the heading of its letters, in the order of the numbers", async () => {
    const parts = (await readPage()).split(/^## /m).slice(1);
    const listed = parts.map((part) => [
      /\(([A-Z]{2})\)\n/.exec(part)?.[1],
      listRows(part).map(({ code }) => code),
    ]);
    const notHeld = new Set(unheld.map(({ code }) => code));
    expect(notHeld.size).toBe(unheld.length);
    const above = new Set(held.map(({ code }) => code));
    const listCodesOf = (letters: string, last: number) =>
      Array.from({ length: last }, (_, index) => letters + String(index + 1).padStart(2, "0"));
    const all = Object.entries(sections).map(
      ([letters, last]) => [letters, listCodesOf(letters, last)] as const,
    );
    // A row that nothing fulfils is only under "Not held".
    const expected = all.map(([letters, codes]) => [
      letters,
      codes.filter((code) => above.has(code) || !notHeld.has(code)),
    ]);
    expect(listed.slice(0, -1)).toEqual(expected);
    expect(all.flatMap(([, codes]) => codes)).toEqual(expect.arrayContaining([...notHeld]));
  });

  it("names for each row a test that has its code in a title", () => {
    const unproven = held.filter(({ code, tests }) => !tests.some((test) => test.code === code));
    expect(unproven.map(({ code }) => code)).toEqual([]);
    const named = held.flatMap(({ code, tests }) => tests.map((test) => ({ row: code, ...test })));
    const missing = named.filter(({ path }) => !existsSync(join(root, path)));
    expect(missing).toEqual([]);
    expect(named.filter(({ path, code }) => !codesOf.get(path)?.has(code))).toEqual([]);
  });

  it("has a row for each code in a title", () => {
    const rows = new Set([...held, ...unheld].map(({ code }) => code));
    const unknown = [...codesOf].flatMap(([path, codes]) =>
      [...codes].filter((code) => !rows.has(code)).map((code) => `${path}: ${code}`),
    );
    expect(unknown).toEqual([]);
  });

  it("calls nothing unheld that a test proves whole", () => {
    const above = new Set(held.map(({ code }) => code));
    const tested = new Set([...codesOf.values()].flatMap((codes) => [...codes]));
    const only = unheld.map(({ code }) => code).filter((code) => !above.has(code));
    expect(only.filter((code) => tested.has(code))).toEqual([]);
  });
});

describe("docs/advisories.md", () => {
  it("names at least one test for each entry, and codes that it has in a title", async () => {
    const entries = (await read("docs/advisories.md")).split(/^### /m).slice(1);
    expect(entries.length).toBeGreaterThan(14);
    for (const entry of entries) {
      const named = [...entry.matchAll(/`(test\/[^`]+)`(?:\s\(([A-Z0-9,\s]+)\))?/g)];
      expect(named.length, entry).toBeGreaterThan(0);
      for (const [, path = "", codes] of named) {
        expect(existsSync(join(root, path)), path).toBe(true);
        const titles = listCodes(await read(path));
        expect(titles, path).toEqual(expect.arrayContaining(codes?.split(/,\s/) ?? []));
      }
    }
  });
});
