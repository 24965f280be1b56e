import { execFile } from "node:child_process";
import { resolve } from "node:path";
import { promisify } from "node:util";

import { expect, it } from "vitest";

const root = resolve(import.meta.dirname, "../..");

it("prisma format changes nothing in prisma/schema.prisma", async () => {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ["node_modules/prisma/build/index.js", "format", "--check"],
    { cwd: root, env: { ...process.env, PRISMA_SCHEMA_ENGINE_BINARY: process.execPath } },
  );
  expect(stdout).toContain("All files are formatted correctly");
});
