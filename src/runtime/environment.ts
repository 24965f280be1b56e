import { existsSync, readFileSync } from "node:fs";
import { parseEnv } from "node:util";

/**
 * Reads `.env` into process.env, where a value that is already set wins. Every command begins with it. An empty value counts as
 * not set, in the file and in the environment, so `.env.example` can be copied as it is.
 *
 * @param path of the file, which may be missing; `.env` in the working folder by default. Editors and shells on Windows write
 *   UTF-16, or a byte order mark that would become part of the first name.
 */
export function readEnvFile(path = ".env"): void {
  if (existsSync(path)) {
    const values = parseEnv(decode(readFileSync(path)));
    for (const [name, value] of Object.entries(values)) process.env[name] ||= value;
  }
  for (const [name, value] of Object.entries(process.env)) {
    if (value === "") delete process.env[name];
  }
}

/** The decoder drops the byte order mark (U+FEFF). */
function decode(bytes: Buffer): string {
  const isUtf16 = bytes[0] === 0xff && bytes[1] === 0xfe;
  return new TextDecoder(isUtf16 ? "utf-16le" : "utf-8").decode(bytes);
}

export type SettingFault = { name: string; message: string };

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Returns the values that are set, without the white space around them (a line end of Windows or of a mounted secret). Names lose
 * a byte order mark, and `export` before them.
 */
export function trimValues(environment: Environment): Record<string, string> {
  const present = Object.entries(environment).flatMap(([name, value = ""]) =>
    value.trim() === "" ? [] : [[name.replace(/^\ufeff?(export\s+)?/, ""), value.trim()]],
  );
  return Object.fromEntries(present);
}

/**
 * Finds values that contain syntax of a `.env` file. readEnvFile() removes it, `docker --env-file` and others pass it on as a part
 * of the value. Nothing tells whether it was meant, so it is refused.
 */
export function findFileSyntax(values: Record<string, string>): SettingFault[] {
  return Object.entries(values).flatMap(([name, value]) => {
    const message = describeSyntax(value);
    return message === undefined ? [] : [{ name, message }];
  });
}

function describeSyntax(value: string): string | undefined {
  const passedOn = "which `docker --env-file` passes on as a part of it: remove";
  if (/^(["'`]).*\1$/s.test(value)) return `is wrapped in quotation marks, ${passedOn} them`;
  // `Team #1 <mail@example.com>` has no comment: an address follows.
  if (/\s#(\s|[^<>]*$)/.test(value)) return `has a comment behind it (#), ${passedOn} it`;
  return undefined;
}
