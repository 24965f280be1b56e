import { mkdir, open, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { codeOf } from "./faults.ts";
import { readCommand } from "./processes.ts";

/** The mark of a run in its folder: there is one `npm run dev` per folder. */
export type Claim = {
  /** Tells whether the run before this one was killed. */
  isAfterCrash: boolean;
  /** Writes its address and its database to `.dev/running.json`, which docs/first-hour.md reads. */
  announce(places: { url: string; databaseUrl?: string }): Promise<void>;
  release(): Promise<void>;
};

const stored = z.object({ pid: z.int(), url: z.string().optional() });

/**
 * Marks the folder as in use by this process.
 *
 * @throws {Error} when another process uses it, with its id and address
 */
export async function claimFolder(directory: string): Promise<Claim> {
  await mkdir(directory, { recursive: true });
  const file = join(directory, "running.json");
  const isAfterCrash = !(await mark(file));
  if (isAfterCrash) {
    const { pid, url } = await readMark(file);
    if (pid !== process.pid && readCommand(pid).includes("dev/main.ts")) {
      throw new Error(
        `It already runs in this folder (process ${pid}${url === undefined ? ", starting" : `, ${url}`}). Stop it there with Ctrl-C, or with: kill ${pid}`,
      );
    }
    await rm(file, { force: true });
    if (!(await mark(file))) throw new Error("Another one has just been started in this folder.");
  }
  return {
    isAfterCrash,
    announce: (places) => writeFile(file, JSON.stringify({ pid: process.pid, ...places })),
    release: () => rm(file, { force: true }),
  };
}

/** @returns false when there is a mark already */
async function mark(file: string): Promise<boolean> {
  try {
    const handle = await open(file, "wx", 0o600);
    await handle.writeFile(JSON.stringify({ pid: process.pid }));
    await handle.close();
    return true;
  } catch (fault) {
    if (codeOf(fault) === "EEXIST") return false;
    throw fault;
  }
}

/** A damaged mark counts as our own. */
async function readMark(file: string): Promise<z.infer<typeof stored>> {
  try {
    return stored.parse(JSON.parse(await readFile(file, "utf8")));
  } catch {
    return { pid: process.pid };
  }
}
