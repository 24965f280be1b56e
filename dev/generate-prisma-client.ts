import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const projectFolder = fileURLToPath(new URL("..", import.meta.url));

/** Writes the Prisma client to src/database/generated/. */
export async function generatePrismaClient(): Promise<void> {
  await runPrisma("generate");
}

/**
 * Runs a command of Prisma's that needs no schema engine, such as `format`.
 *
 * Its CLI downloads an engine when it starts unless it is shown an existing file: any will do
 * (docs/decisions/003-prisma-without-downloads.md).
 */
export async function runPrisma(command: string): Promise<void> {
  await promisify(execFile)(process.execPath, ["node_modules/prisma/build/index.js", command], {
    cwd: projectFolder,
    env: {
      ...process.env,
      PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
      PRISMA_HIDE_UPDATE_MESSAGE: "1",
      CHECKPOINT_DISABLE: "1",
    },
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await generatePrismaClient();
