import { describe, expect, it } from "vitest";
import fc from "fast-check";

import { showControl, writeCsvRow } from "../../src/audit-log/csv.ts";

/** Splits a line as spreadsheets do: quoted text stays together, and so does text after a closing quote. */
function splitQuoted(line: string, separator: string): string[] {
  const pieces = [""];
  let isQuoted = false;
  for (let index = 0; index < line.length; index += 1) {
    const character = line.charAt(index);
    const piece = pieces.at(-1) ?? "";
    if (character === separator && !isQuoted) pieces.push("");
    else if (character !== '"') pieces[pieces.length - 1] = piece + character;
    else if (isQuoted && line.charAt(index + 1) === '"') {
      pieces[pieces.length - 1] = `${piece}"`;
      index += 1;
    } else isQuoted = isQuoted ? false : piece === "";
  }
  return pieces;
}

/** Reads CSV as RFC 4180 says, section 2. */
function readCsv(text: string): string[][] {
  const rows: string[][] = [[]];
  const pattern = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n|$)/gy;
  for (
    let match = pattern.exec(text);
    match && match.index < text.length;
    match = pattern.exec(text)
  ) {
    const [, quoted, bare = "", end] = match;
    rows.at(-1)?.push(quoted?.replaceAll('""', '"') ?? bare);
    if (end === "\r\n") rows.push([]);
  }
  return rows.slice(0, -1);
}

const cell = (text: string) => readCsv(writeCsvRow([text]))[0]?.[0];

describe("writeCsvRow()", () => {
  it("writes RFC 4180: quotes, separators and line ends stay inside their cell", () => {
    expect(writeCsvRow(["a", null, 'say "hi"', "x,y", ""])).toBe(
      '"a","","say ""hi""","x,y",""\r\n',
    );
    expect(readCsv(writeCsvRow(["a,b", '"', ""]) + writeCsvRow(["c", "d", "é 🦊"]))).toEqual([
      ["a,b", '"', ""],
      ["c", "d", "é 🦊"],
    ]);
  });

  it.each([
    ["=1+1", "'=1+1"],
    ["+49 30 123", "'+49 30 123"],
    ["-2+3", "'-2+3"],
    ["@SUM(A1)", "'@SUM(A1)"],
    ["\t=1", "\\u0009=1"],
    ["\r=1", "\\u000d=1"],
    ["a\t;=1", "a\\u0009;'=1"],
    ["  =1", "'  =1"],
    ["＝1", "'＝1"],
    ['=HYPERLINK("https://evil.example","x")', '\'=HYPERLINK("https://evil.example","x")'],
    ["a;=1", "a;'=1"],
    ["a,=1,@x", "a,'=1,'@x"],
    ["\";=cmd|' /C calc'!A0", "\";'=cmd|' /C calc'!A0"],
    ["a\n=1", "a\\u000a=1"],
    ['x;"=HYPERLINK("https://evil.example")', 'x;\'"=HYPERLINK("https://evil.example")'],
    ['x|" "" @SUM(A1)', 'x|\'" "" @SUM(A1)'],
    ["x;\u200b=1", "x;'\u200b=1"],
    ['["a","=1"]', '["a",\'"=1"]'],
  ])("AP17 keeps a spreadsheet from running %j", (text, expected) => {
    expect(cell(text)).toBe(expected);
  });

  it.each([
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/128.0",
    "0192f3c4-7b1e-7c55-9a2f-3d1f0c9be7aa",
    "2001:db8::7",
    '{"from":"member","to":"admin"}',
    "Zoë-Marie O'Brien <zoe@example.com>",
  ])("does not change a text that is no formula: %s", (text) => {
    expect(cell(text)).toBe(text);
  });

  it("AP17 escapes everything that a terminal or a log would obey", () => {
    expect(cell("\u001b[31mred\u001b[0m\u0007\r\nGET /forged")).toBe(
      "\\u001b[31mred\\u001b[0m\\u0007\\u000d\\u000aGET /forged",
    );
    expect(cell("\u009b31m\u202Eevil\u2066\u2028")).toBe("\\u009b31m\\u202eevil\\u2066\\u2028");
  });

  it.each([",", ";", "\t", "|"])(
    "AP17 writes one cell for each value, and no formula, also where it is split at %j, quotes honoured or not",
    (separator) => {
      const text = fc.oneof(
        fc.string({ unit: "binary" }),
        fc.string({
          unit: fc.constantFrom(...Array.from("=+-@＝＋－＠\",;|\t\r\n'a\u00a0\u200b")),
          maxLength: 12,
        }),
      );
      fc.assert(
        fc.property(fc.array(text, { minLength: 1, maxLength: 4 }), (cells) => {
          const [read, ...others] = readCsv(writeCsvRow(cells));
          expect([read?.length, others]).toEqual([cells.length, []]);
          expect(read?.join("")).not.toMatch(/\p{Cc}/u);
          const row = writeCsvRow(cells).trimEnd();
          for (const piece of [...row.split(separator), ...splitQuoted(row, separator)]) {
            expect(piece.replace(/^[\s"]+/, "")).not.toMatch(/^[=+\-@\t\r＝＋－＠]/);
          }
        }),
        { numRuns: 300 },
      );
    },
  );
});

describe("showControl()", () => {
  it("escapes hidden characters in JSON without changing its meaning", () => {
    const value = { text: "\u007f\u009b31m\u202e\u2028 \u001b\r\n\u0000 é 🦊", "\u0085": 1 };
    const shown = showControl(JSON.stringify(value));
    expect(shown).not.toMatch(/[\p{Cc}\u202e\u2028]/u);
    expect(JSON.parse(shown)).toEqual(value);
  });
});
