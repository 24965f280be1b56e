/**
 * After each block of lines that renaming changes, adds the block as it is renamed. What a line opens (a
 * bracket) belongs to its block until it is closed.
 *
 * @param renamed the same text with the other names in it: as many lines, one for one
 */
export function repeatLines(text: string, renamed: string): string {
  const lines = text.split("\n");
  const renamedLines = renamed.split("\n");
  const result: string[] = [];
  for (let index = 0; index < lines.length;) {
    const end = findEnd(lines, renamedLines, index);
    if (end === index) {
      result.push(lines[index] ?? "");
      index += 1;
      continue;
    }
    const block = lines.slice(index, end);
    result.push(...block);
    // What ends with a bracket of its own at the margin, such as a model, is set apart.
    if (/^[)\]}]/.test(block.at(-1) ?? "")) result.push("");
    result.push(...renamedLines.slice(index, end));
    index = end;
  }
  return result.join("\n");
}

/** Where the block that begins at a line ends; there, if none does. */
function findEnd(lines: string[], renamedLines: string[], begin: number): number {
  let end = begin;
  let depth = 0;
  while (end < lines.length && (depth > 0 || lines[end] !== renamedLines[end])) {
    const line = lines[end] ?? "";
    depth += count(line, /[([{]/g) - count(line, /[)\]}]/g);
    end += 1;
  }
  return end;
}

const count = (text: string, pattern: RegExp) => text.match(pattern)?.length ?? 0;
