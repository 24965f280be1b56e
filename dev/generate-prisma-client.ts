import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const projectFolder = fileURLToPath(new URL("..", import.meta.url));

/** Writes the Prisma client to src/database/generated/. */
export async function generatePrismaClient(): Promise<void> {
  await runPrisma("generate");
}

/** Runs a command of Prisma's CLI. prisma.config.ts keeps it from downloading anything. */
export async function runPrisma(command: string): Promise<void> {
  const cli = ["node_modules/prisma/build/index.js", command];
  await promisify(execFile)(process.execPath, cli, { cwd: projectFolder });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await generatePrismaClient();
