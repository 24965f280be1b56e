import { glob, readFile } from "node:fs/promises";
import { join } from "node:path";

import { root } from "../support/documents.ts";

const literal = /"([a-z_]+\.[a-z_]+)"/g;
const template = /`([a-z_]+)\.\$\{(\w+)\}`/g;

/**
 * Lists the kinds of events that the source writes: each `action` is a literal, or a template whose last part is a parameter with
 * a union of literals for its type.
 *
 * @throws where that type cannot be found
 */
export async function listKinds(): Promise<string[]> {
  const kinds = new Set<string>();
  for await (const path of glob("src/**/*.{ts,tsx}", { cwd: root })) {
    if (path.startsWith("src/database/generated/") || path.startsWith("src/audit-log/")) continue;
    const text = await readFile(join(root, path), "utf8");
    for (const [, value = ""] of text.matchAll(/\baction(?:: | = )(.*)/g)) {
      if (/^[\w.]*[{(]/.test(value)) continue;
      for (const [, kind = ""] of value.matchAll(literal)) kinds.add(kind);
      for (const [, noun = "", variable = ""] of value.matchAll(template)) {
        for (const verb of listVerbs(text, variable, path)) kinds.add(`${noun}.${verb}`);
      }
    }
  }
  return [...kinds].toSorted();
}

function listVerbs(text: string, variable: string, path: string): string[] {
  const [, union] = new RegExp(`\\b${variable}:\\s*((?:\\|?\\s*"\\w+"\\s*)+)[,)]`).exec(text) ?? [];
  const verbs = [...(union ?? "").matchAll(/"(\w+)"/g)].map(([, verb = ""]) => verb);
  if (verbs.length === 0) throw new Error(`${path}: what can ${variable} be?`);
  return verbs;
}
