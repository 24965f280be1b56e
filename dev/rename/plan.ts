import { readFile } from "node:fs/promises";
import { join } from "node:path";

import type { Names } from "./names.ts";
import { countName, replaceInPath, replaceName } from "./replace.ts";

/** A file that changes, with its new path and text; without a text it only moves. */
type Change = { path: string; newPath: string; text: string | undefined };

/** History, recordings, and this command, whose tests have names of their own. */
const untouched =
  /^(LICENSE|CHANGELOG\.md|docs\/renaming\.md|(docs\/decisions|test\/fixtures|dev\/rename|test\/rename)\/.*|test\/rename\..*)$/;

/**
 * Looks for a product's name in files. Writes nothing.
 *
 * @param paths from the root
 * @returns the changes, and how often files had the new name before
 */
export async function planRename(
  root: string,
  paths: readonly string[],
  { from, to }: { from: Names; to: Names },
): Promise<{ changes: Change[]; before: number }> {
  const changes: Change[] = [];
  let before = 0;
  for (const path of paths.filter((each) => !untouched.test(each))) {
    const bytes = await readFile(join(root, path));
    const newPath = replaceInPath(path, from, to);
    const old = bytes.includes(0) ? undefined : bytes.toString();
    const text = old === undefined ? undefined : replaceName(path, old, from, to);
    if (old !== undefined && path !== "package-lock.json") before += countName(old, to);
    if (newPath !== path || text !== old) changes.push({ path, newPath, text });
  }
  return { changes, before };
}
