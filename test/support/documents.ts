import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../..", import.meta.url));

/** The text of one of the project's files. */
export const read = (path: string): Promise<string> => readFile(join(root, path), "utf8");

/** The cells of every table row in a Markdown text that begins with a name in backticks. */
export function readRows(markdown: string): string[][] {
  return markdown
    .split("\n")
    .filter((line) => line.startsWith("| `"))
    .map((line) => line.split(/(?<!\\)\|/).slice(1, -1))
    .map((cells) => cells.map((cell) => cell.trim()));
}

/** A cell without its backticks. */
export const unquote = (cell: string | undefined) => cell?.replaceAll("`", "") ?? "";

/** The settings that src/config.ts declares, with their defaults as text: `none` where it may be absent. */
export async function readSettings(): Promise<Map<string, string>> {
  const source = await read("src/config.ts");
  const [, body = ""] = /const settings = z\.object\(\{\n(.*?)\n\}\);/s.exec(source) ?? [];
  const declarations = body.matchAll(/^ {2}([A-Z][A-Z0-9_]*):(.*?)(?=^ {2}[A-Z]|$(?![\s\S]))/gms);
  return new Map([...declarations].map(([, name = "", schema = ""]) => [name, defaultOf(schema)]));
}

function defaultOf(schema: string): string {
  const [, value] = /\.default\(([^)]*)\)/.exec(schema) ?? [];
  if (value !== undefined) {
    const factors = value.split("*").map(Number);
    return factors.some(Number.isNaN)
      ? value.replaceAll('"', "")
      : String(factors.reduce((product, factor) => product * factor, 1));
  }
  return schema.includes(".optional()") ? "none" : "required";
}

/** Read by commands only: src/database/migrate-command.ts. */
export const settingsOfCommands = ["MIGRATION_DATABASE_URL"];
