/**
 * Spreadsheets run what begins so as a formula; the wide and the small ones are for Japanese and Chinese keyboards.
 * Quotation marks in front do not help where a file is split at another character than it was written with:
 * `x;"=1` is `"x;""=1"` then, and its second piece an empty quotation with `=1` behind it.
 */
const formula =
  /(^|[,;|])([\s"\p{Default_Ignorable_Code_Point}]*)(?=[=+\-@\uff1d\uff0b\uff0d\uff20\ufe66\ufe62\ufe63\ufe6b\u2212])/gu;

/** What moves a cursor, colours a terminal or turns the reading direction of all that follows. */
const control = /[\p{Cc}\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/**
 * One row of a CSV file (RFC 4180), with its line's end.
 *
 * Cells hold what strangers wrote. An apostrophe keeps spreadsheets from taking one for a formula: at its
 * beginning, and, since some split elsewhere whatever the quotes, after each character that could separate
 * cells. Characters that control something become visible: `\u001b`.
 */
export function writeCsvRow(cells: readonly (string | null)[]): string {
  return `${cells.map((cell) => writeCell(cell ?? "")).join(",")}\r\n`;
}

function writeCell(text: string): string {
  const harmless = showControl(text).replaceAll(formula, "$1'$2");
  return `"${harmless.replaceAll('"', '""')}"`;
}

/** Characters that control something, written as JSON escapes them. */
export function showControl(text: string): string {
  return text.replaceAll(
    control,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
