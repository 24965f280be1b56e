import { readFile, realpath, rename, writeFile } from "node:fs/promises";
import { isDeepStrictEqual, parseEnv } from "node:util";

/**
 * Sets variables in a file such as `.env`, keeps its other lines, and creates the file if it is missing. Only this account
 * can read it afterwards, and it is never half written.
 *
 * @throws {Error} when a line cannot be replaced without changing another variable
 */
export async function writeEnvFile(
  path: string,
  variables: Readonly<Record<string, string>>,
): Promise<void> {
  // It writes through a symbolic link.
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

/** Replaces the variable's line, or adds one after its comment (`# NAME=…`), or at the end. */
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

/** A `.env` file has no escapes, only three kinds of quotation marks. */
function quote(value: string): string {
  if (/^[\w.,:/@+=-]*$/.test(value)) return value;
  const mark = ["'", '"', "`"].find((candidate) => !value.includes(candidate)) ?? "";
  return mark + value + mark;
}
