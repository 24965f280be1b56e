import { execFile } from "node:child_process";
import { copyFile, mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

import type { TestProject } from "vitest/node";

import { root } from "./documents.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** The folder in which src/ and the scripts of the tests are built. */
    build: string;
  }
}

/**
 * Builds src/ as `npm run build` does, and the scripts of the tests (`killed-*.ts`), once for the whole run: a process
 * starts from it in half the time that it needs to transpile the tree itself.
 */
export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), "build-"));
  for (const name of ["node_modules", "prisma", "public"]) {
    await symlink(join(root, name), join(folder, name));
  }
  await copyFile(join(root, "package.json"), join(folder, "package.json"));
  await build(folder);
  // Under `vitest --watch`, before the files run again.
  project.onTestsRerun(() => build(folder));
  project.provide("build", folder);
  return () => rm(folder, { recursive: true, force: true });
}

async function build(folder: string): Promise<void> {
  const compiler = join(root, "node_modules/.bin/tsc");
  const configuration = join(root, "test/support/build.tsconfig.json");
  await promisify(execFile)(compiler, ["--project", configuration, "--outDir", folder]);
}
