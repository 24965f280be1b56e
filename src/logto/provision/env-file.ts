import { readFile, realpath, rename, writeFile } from "node:fs/promises";
import { isDeepStrictEqual, parseEnv } from "node:util";

/**
 * Sets variables in a file such as `.env`, and leaves its other lines as they are; the file is made if it is missing. It
 * can then be read by this account only, and is never half written.
 *
 * @throws {Error} when a line cannot be replaced without changing another variable
 */
export async function writeEnvFile(
  path: string,
  variables: Readonly<Record<string, string>>,
): Promise<void> {
  // Where it is a link, what it leads to is written.
  const file = await realpath(path).catch(() => path);
  const before = await readFile(file, "utf8").catch((error: unknown) => {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return "";
    throw error;
  });
  const after = Object.entries(variables).reduce(setVariable, before);
  if (!isDeepStrictEqual(parseEnv(after), { ...parseEnv(before), ...variables })) {
    throw new Error(`${path} could not be changed without changing more than was meant.`);
  }
  const unfinished = `${file}.${process.pid}`;
  await writeFile(unfinished, after, { mode: 0o600 });
  await rename(unfinished, file);
}

/** In place of its line, or after the one that offers it (`# NAME=…`), or at the end. */
function setVariable(text: string, [name, value]: [string, string]): string {
  const end = text.includes("\r\n") ? "\r\n" : "\n";
  const lines = text.split(/\r?\n/);
  const line = `${name}=${quote(value)}`;
  const isSet = new RegExp(`^\\s*(export\\s+)?${name}\\s*=`);
  const isOffered = new RegExp(`^#\\s*${name}\\s*=`);
  if (lines.some((present) => isSet.test(present))) {
    return lines.map((present) => (isSet.test(present) ? line : present)).join(end);
  }
  const offer = lines.findIndex((present) => isOffered.test(present));
  const isLastEmpty = lines.at(-1) === "";
  const position = offer >= 0 ? offer + 1 : lines.length - (isLastEmpty ? 1 : 0);
  const added = isLastEmpty || offer >= 0 ? [line] : [line, ""];
  return lines.toSpliced(position, 0, ...added).join(end);
}

/** As `.env` files have it: there is no escape, only three kinds of quotation marks. */
function quote(value: string): string {
  if (/^[\w.,:/@+=-]*$/.test(value)) return value;
  const mark = ["'", '"', "`"].find((candidate) => !value.includes(candidate)) ?? "";
  return mark + value + mark;
}
