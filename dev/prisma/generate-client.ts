import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { cp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { basename, dirname, join } from "node:path";
import { promisify } from "node:util";

const projectFolder = fileURLToPath(new URL("../..", import.meta.url));
const client = join(projectFolder, "src/database/generated");
const cache = join(projectFolder, "node_modules/.cache/prisma-client");

/** The client is made of these files. Their contents are compared, because a checkout changes their times. */
const sources = ["prisma/schema.prisma", "prisma.config.ts", "node_modules/prisma/package.json"];

/**
 * Writes the Prisma client to src/database/generated/, unless the one there is made of the same sources. Generating takes
 * two seconds, so what was generated before is kept in node_modules/.cache/ and copied.
 */
export async function generatePrismaClient(): Promise<void> {
  const key = await hashSources();
  if ((await readKey(client)) === key) return;
  const kept = join(cache, key);
  if ((await readKey(kept)) === key) return replaceFolder(kept, client);
  await runPrisma("generate");
  await writeFile(join(client, ".key"), key);
  // This account may not be allowed to write to node_modules.
  await replaceFolder(client, kept).catch(() => undefined);
}

async function hashSources(): Promise<string> {
  const hash = createHash("sha256");
  for (const path of sources) hash.update(await readFile(join(projectFolder, path)));
  return hash.digest("hex").slice(0, 32);
}

/** Reads the key. It is written last: a folder without one is not complete. */
const readKey = (folder: string) => readFile(join(folder, ".key"), "utf8").catch(() => undefined);

/** Copies under another name and renames, so that an interrupted copy is never taken for a complete one. */
async function replaceFolder(from: string, to: string): Promise<void> {
  const unfinished = join(dirname(to), `.${basename(to)}-${process.pid}`);
  await cp(from, unfinished, { recursive: true });
  const outdated = `${unfinished}-outdated`;
  await rename(to, outdated).catch(() => undefined);
  await rename(unfinished, to).catch(() => rm(unfinished, { recursive: true }));
  await rm(outdated, { recursive: true, force: true });
}

/** Runs a command of Prisma's CLI. prisma.config.ts keeps it from downloading anything. */
export async function runPrisma(command: string): Promise<void> {
  const cli = ["node_modules/prisma/build/index.js", command];
  await promisify(execFile)(process.execPath, cli, { cwd: projectFolder });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await generatePrismaClient();
