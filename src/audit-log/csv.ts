/**
 * Spreadsheets run a cell that begins like this as a formula; the wide and the small characters come from Japanese and Chinese
 * keyboards. Quotation marks in front do not help if the spreadsheet splits the file at another separator than the writer's:
 * `x;"=1` is written `"x;""=1"`, and its second piece is an empty quotation followed by `=1`.
 */
const formula =
  /(^|[,;|])([\s"\p{Default_Ignorable_Code_Point}]*)(?=[=+\-@\uff1d\uff0b\uff0d\uff20\ufe66\ufe62\ufe63\ufe6b\u2212])/gu;

/** Characters that move a cursor, colour a terminal or turn the reading direction. */
const control = /[\p{Cc}\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/**
 * Writes one row of a CSV file (RFC 4180), with its line end.
 *
 * Strangers write the cells. An apostrophe keeps spreadsheets from running a cell as a formula: at its beginning, and, since
 * some split inside quotes, after each character that could separate cells. Control characters become visible: `\u001b`.
 */
export function writeCsvRow(cells: readonly (string | null)[]): string {
  return `${cells.map((cell) => writeCell(cell ?? "")).join(",")}\r\n`;
}

function writeCell(text: string): string {
  const harmless = showControl(text).replaceAll(formula, "$1'$2");
  return `"${harmless.replaceAll('"', '""')}"`;
}

/** Writes control characters as JSON escapes. */
export function showControl(text: string): string {
  return text.replaceAll(
    control,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
