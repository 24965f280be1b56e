import { settings } from "../../src/config.ts";
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

/** The settings that src/config.ts collects, with their defaults as text: `none` where it may be absent. */
export const readSettings = (): Map<string, string> =>
  new Map(
    Object.entries(settings.shape).map(([name, schema]) => {
      const { success, data } = schema.safeParse(undefined);
      return [name, success ? String(data ?? "none") : "required"];
    }),
  );

/** Read by commands only: src/database/migrate-command.ts. */
export const settingsOfCommands = ["MIGRATION_DATABASE_URL"];
