/**
 * Adds, after each block of lines that renaming changes, the renamed block. A block lasts until its brackets are closed.
 *
 * @param renamed the same text with the new names, line for line
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
    // An empty line follows a block that ends with a bracket at the margin, such as a model.
    if (/^[)\]}]/.test(block.at(-1) ?? "")) result.push("");
    result.push(...renamedLines.slice(index, end));
    index = end;
  }
  return result.join("\n");
}

/** Finds where the block that begins at a line ends; the same line where no block begins. */
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
