import { randomBytes } from "node:crypto";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { codeOf } from "./faults.ts";

/** The content of `.dev/state.json`: it gives the next start the same addresses, and keeps everybody signed in. */
export type State = {
  ports: Record<string, number>;
  /** By the name of the environment variable that each replaces. */
  secrets: Secrets;
};

export type Secrets = ReturnType<typeof makeSecrets>;

const stored = z.object({
  ports: z.record(z.string(), z.int().min(1).max(65_535)),
  secrets: z.record(z.string(), z.string()),
});

/**
 * Reads the state of the last run, or makes the first one. Missing secrets are made.
 *
 * @throws {Error} when the file is damaged
 */
export async function readState(directory: string): Promise<State> {
  const file = join(directory, "state.json");
  const text = await readFile(file, "utf8").catch((fault: unknown) => {
    if (codeOf(fault) === "ENOENT") return '{"ports":{},"secrets":{}}';
    throw fault;
  });
  try {
    const { ports, secrets } = stored.parse(JSON.parse(text));
    return { ports, secrets: { ...makeSecrets(), ...secrets } };
  } catch (fault) {
    throw new Error(`${file} is damaged. Start afresh with: npm run dev -- --reset`, {
      cause: fault,
    });
  }
}

/** Writes the state, readable by this account only, and never half. */
export async function writeState(directory: string, state: State): Promise<void> {
  await mkdir(directory, { recursive: true });
  const unfinished = join(directory, `state.json.${process.pid}`);
  await writeFile(unfinished, `${JSON.stringify(state, null, 2)}\n`, { mode: 0o600 });
  await rename(unfinished, join(directory, "state.json"));
}

function makeSecrets() {
  return {
    SESSION_SECRET: makeSecret(),
    LOGTO_APP_ID: makeId(),
    LOGTO_APP_SECRET: makeSecret(),
    LOGTO_M2M_APP_ID: makeId(),
    LOGTO_M2M_APP_SECRET: makeSecret(),
    HUGGINGFACE_CLIENT_ID: makeId(),
    HUGGINGFACE_CLIENT_SECRET: makeSecret(),
  };
}

function makeSecret(): string {
  return randomBytes(32).toString("base64url");
}

/** Makes an id as long as Logto's. */
function makeId(): string {
  return randomBytes(16).toString("hex").slice(0, 21);
}
