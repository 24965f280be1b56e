import { existsSync } from "node:fs";

/**
 * Reads `.env` into process.env, where a value that is already set wins. Every command begins with it. An empty value
 * counts as not set, in the file and in the environment, so `.env.example` can be copied as it is.
 *
 * @param path of the file; `.env` in the working folder unless given. It may be missing.
 */
export function readEnvFile(path = ".env"): void {
  removeEmptyValues();
  if (existsSync(path)) process.loadEnvFile(path);
  removeEmptyValues();
}

function removeEmptyValues(): void {
  for (const [name, value] of Object.entries(process.env)) {
    if (value === "") delete process.env[name];
  }
}
