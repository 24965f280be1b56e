import { existsSync, readFileSync } from "node:fs";
import { parseEnv } from "node:util";

/**
 * Reads `.env` into process.env, where a value that is already set wins. Every command begins with it. An empty value
 * counts as not set, in the file and in the environment, so `.env.example` can be copied as it is.
 *
 * @param path of the file; `.env` in the working folder unless given. It may be missing. Editors and shells on Windows
 *   write it in UTF-16, or with a mark at its beginning that would belong to the first name.
 */
export function readEnvFile(path = ".env"): void {
  removeEmptyValues();
  if (existsSync(path)) {
    const values = parseEnv(decode(readFileSync(path)));
    for (const [name, value] of Object.entries(values)) process.env[name] ??= value;
  }
  removeEmptyValues();
}

function removeEmptyValues(): void {
  for (const [name, value] of Object.entries(process.env)) {
    if (value === "") delete process.env[name];
  }
}

/** A decoder drops the mark (U+FEFF). */
function decode(bytes: Buffer): string {
  const isUtf16 = bytes[0] === 0xff && bytes[1] === 0xfe;
  return new TextDecoder(isUtf16 ? "utf-16le" : "utf-8").decode(bytes);
}

export type SettingFault = { name: string; message: string };

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The values that there are, without the space around them: a line's end from Windows, or of a mounted secret. Nor has a
 * name what a file began with, or what a shell would read in front of it.
 */
export function trimValues(environment: Environment): Record<string, string> {
  const present = Object.entries(environment).flatMap(([name, value = ""]) =>
    value.trim() === "" ? [] : [[name.replace(/^\ufeff?(export\s+)?/, ""), value.trim()]],
  );
  return Object.fromEntries(present);
}

/**
 * What belongs to the syntax of a file of settings and not to a value. We read it as such (runtime/environment.ts);
 * `docker --env-file` and others pass it on. Nobody can tell whether it was meant, so it is refused.
 */
export function findFileSyntax(values: Record<string, string>): SettingFault[] {
  return Object.entries(values).flatMap(([name, value]) => {
    const message = describeSyntax(value);
    return message === undefined ? [] : [{ name, message }];
  });
}

function describeSyntax(value: string): string | undefined {
  const passedOn = "which `docker --env-file` passes on as it stands: remove";
  if (/^(["'`]).*\1$/s.test(value)) return `is wrapped in quotation marks, ${passedOn} them`;
  // `Team #1 <mail@example.com>` has none: something closes behind it.
  if (/\s#(\s|[^<>]*$)/.test(value)) return `has a comment behind it (#), ${passedOn} it`;
  return undefined;
}
